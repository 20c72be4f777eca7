import { defineTemplate, f } from 'fairlead/sdk';

/** One log line: its time, severity and variables. */
export const logentry = defineTemplate({
  name: 'logentry',
  variety: 'REPORT',
  displayName: 'LogEntry',
  fields: {
    variables: f.values,
    timestamp: f.timestamp,
    severity: f.string,
    monitoredResourceType: f.string,
    monitoredResourceDimensions: f.values,
  },
});
