import type { TraceContext } from './trace-context.js';

/** Reads W3C's `traceparent`; undefined when it is none. Later versions may have more fields, which are ignored. */
export function parseTraceParent(text: string): Omit<TraceContext, 'parentSpanId'> | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (version === 'ff' || (version === '00' && more !== '')) return undefined;
  if (zeros.test(traceId) || zeros.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Writes `traceparent`, in which traces have ids of 128 bits. */
export function formatTraceParent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId.padStart(32, '0')}-${spanId}-${sampled ? '01' : '00'}`;
}

const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*|)$/;
const zeros = /^0+$/;
