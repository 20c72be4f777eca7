import { defineTemplate, f } from 'fairlead/sdk';

/** One request and its response, as Google Service Control counts and logs them. */
export const servicecontrolreport = defineTemplate({
  name: 'servicecontrolreport',
  variety: 'REPORT',
  displayName: 'ServicecontrolReport',
  fields: {
    apiVersion: f.string,
    apiOperation: f.string,
    apiProtocol: f.string,
    apiService: f.string,
    apiKey: f.string,
    requestTime: f.timestamp,
    requestMethod: f.string,
    requestPath: f.string,
    requestBytes: f.int64,
    responseTime: f.timestamp,
    responseCode: f.int64,
    responseBytes: f.int64,
    responseLatency: f.duration,
  },
});
