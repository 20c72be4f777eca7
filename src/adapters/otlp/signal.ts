/** What OTLP carries, with the names it has in JSON and in paths; the numbers of the fields are the same for all. */
export const signals = {
  traces: {
    path: 'v1/traces',
    method: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    names: ['resourceSpans', 'scopeSpans', 'spans'],
  },
  metrics: {
    path: 'v1/metrics',
    method: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    names: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  },
  logs: {
    path: 'v1/logs',
    method: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    names: ['resourceLogs', 'scopeLogs', 'logRecords'],
  },
} as const;

export type Signal = keyof typeof signals;
