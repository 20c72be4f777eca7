import { defineTemplate, f } from 'fairlead/sdk';

/** One measurement: a number or a duration, and the dimensions by which to tell it apart. */
export const metric = defineTemplate({
  name: 'metric',
  variety: 'REPORT',
  displayName: 'Metric',
  fields: {
    value: f.value,
    dimensions: f.values,
    monitoredResourceType: f.string,
    monitoredResourceDimensions: f.values,
  },
});
