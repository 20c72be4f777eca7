/** Numbers of OTLP's severities; the steps in between are `INFO2` and the like. */
export const severityNumbers = {
  UNSPECIFIED: 0,
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
  FATAL: 21,
} as const;

// Those of syslog and Stackdriver too, as OpenTelemetry's log data model maps them.
const common: ReadonlyMap<string, number> = new Map([
  ['trace', 1],
  ['debug', 5],
  ['default', 9],
  ['info', 9],
  ['information', 9],
  ['informational', 9],
  ['notice', 10],
  ['warn', 13],
  ['warning', 13],
  ['err', 17],
  ['error', 17],
  ['critical', 18],
  ['alert', 19],
  ['fatal', 21],
  ['emergency', 21],
]);
const longestName = 32;

/** The number of a severity by its text: as configured, else by its common name in any case, else 0 for "not known". */
export function severityNumber(text: string, configured: ReadonlyMap<string, keyof typeof severityNumbers>): number {
  const own = configured.get(text);
  if (own !== undefined) return severityNumbers[own];
  return text.length > longestName ? 0 : (common.get(text.toLowerCase()) ?? 0);
}
