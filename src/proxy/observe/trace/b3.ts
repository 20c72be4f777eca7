/** A trace as B3 headers tell of it. */
export interface B3 {
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly sampled: boolean | undefined;
}

/** Values of the headers of B3's first form. */
export interface B3Headers {
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly sampled: string | undefined;
  readonly flags: string | undefined;
}

/** Reads `x-b3-traceid` and its companions; ids that are none count as absent, the decision holds all the same. */
export function parseB3({ traceId, spanId, sampled, flags }: B3Headers): B3 {
  return withIds(traceId, spanId, flags === '1' ? true : parseSampled(sampled));
}

/** Reads `b3`: `<trace>-<span>`, `-<sampled>` and `-<parent>` after it, or the decision alone. */
export function parseSingleB3(text: string): B3 {
  const [first = '', spanId, sampled] = text.split('-', 4);
  if (spanId === undefined) return withIds(undefined, undefined, parseSampled(first));
  return withIds(first, spanId, parseSampled(sampled));
}

function withIds(traceId: string | undefined, spanId: string | undefined, sampled: boolean | undefined): B3 {
  if (traceId === undefined || spanId === undefined || !isTraceId(traceId) || !isSpanId(spanId)) {
    return { traceId: undefined, spanId: undefined, sampled };
  }
  return { traceId: traceId.toLowerCase(), spanId: spanId.toLowerCase(), sampled };
}

function parseSampled(text: string | undefined): boolean | undefined {
  if (text === '1' || text === 'd' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : undefined;
}

function isTraceId(text: string): boolean {
  return (text.length === 16 || text.length === 32) && hex.test(text) && !zeros.test(text);
}

function isSpanId(text: string): boolean {
  return text.length === 16 && hex.test(text) && !zeros.test(text);
}

const hex = /^[0-9a-f]+$/i;
const zeros = /^0+$/;
