import { defineTemplate, f } from 'fairlead/sdk';

/** One span of a distributed trace. */
export const tracespan = defineTemplate({
  name: 'tracespan',
  variety: 'REPORT',
  displayName: 'TraceSpan',
  fields: {
    traceId: f.string,
    spanId: f.string,
    parentSpanId: f.string,
    spanName: f.string,
    startTime: f.timestamp,
    endTime: f.timestamp,
    spanTags: f.values,
    // Camel case in Mixer's own definition too, beside snake case in all other fields.
    httpStatusCode: f.int64,
    clientSpan: f.bool,
    rewriteClientSpanId: f.bool,
    sourceName: f.string,
    sourceIp: f.ipAddress,
    destinationName: f.string,
    destinationIp: f.ipAddress,
    requestSize: f.int64,
    requestTotalSize: f.int64,
    responseSize: f.int64,
    responseTotalSize: f.int64,
    apiProtocol: f.string,
  },
});
