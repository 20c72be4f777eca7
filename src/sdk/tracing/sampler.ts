/** Whether the spans of a trace are kept, by its id of 32 digits: the same answer for all spans of a trace, everywhere. */
export type Sampler = (traceId: string) => boolean;

const noHalf = '0'.repeat(16);

/**
 * Keeps about that share of all traces: none at 0, all at 1. The upper 8 bytes of an id decide, as in OpenCensus; of an
 * id of 64 bits the lower ones do, for its upper ones are zero and say nothing.
 */
export function createSampler(probability: number): Sampler {
  if (!(probability > 0)) return () => false;
  if (probability >= 1) return () => true;
  // In two halves, because 63 bits do not fit a number.
  const bound = BigInt(Math.floor(probability * 2 ** 63));
  const high = Number(bound >> 32n);
  const low = Number(bound & 0xffffffffn);
  return (traceId) => {
    const at = traceId.startsWith(noHalf) ? 16 : 0;
    const upper = Number.parseInt(traceId.slice(at, at + 8), 16);
    const lower = Number.parseInt(traceId.slice(at + 8, at + 16), 16);
    const x = upper >>> 1;
    return x < high || (x === high && (((upper & 1) << 31) | (lower >>> 1)) >>> 0 < low);
  };
}
