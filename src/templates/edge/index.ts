import { defineTemplate, f } from 'fairlead/sdk';

/** One edge of the service graph: which workload talked to which, and how. */
export const edge = defineTemplate({
  name: 'edge',
  variety: 'REPORT',
  displayName: 'Edge',
  fields: {
    timestamp: f.timestamp,
    sourceWorkloadNamespace: f.string,
    sourceWorkloadName: f.string,
    sourceOwner: f.string,
    sourceUid: f.string,
    destinationWorkloadNamespace: f.string,
    destinationWorkloadName: f.string,
    destinationOwner: f.string,
    destinationUid: f.string,
    destinationServiceNamespace: f.string,
    destinationServiceName: f.string,
    contextProtocol: f.string,
    apiProtocol: f.string,
  },
});
