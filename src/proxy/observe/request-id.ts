import type { Headers } from '../http/headers.js';

/** How a request id says that its request is traced: by the digit where a random UUID has its version (Envoy). */
const marks = { none: '4', sampled: '9', forced: 'a', client: 'b' } as const;
const markAt = 14;
const uuidLength = 36;

export interface TraceDecision {
  /** The id, marked. */
  readonly id: string;
  readonly traced: boolean;
}

/** Why a request is traced, in Envoy's words; by its marked id. */
export type TraceReason = 'random_sampling' | 'service_forced' | 'client_enabled' | 'not_traceable';

const reasons: ReadonlyMap<string | undefined, TraceReason> = new Map([
  [marks.sampled, 'random_sampling'],
  [marks.forced, 'service_forced'],
  [marks.client, 'client_enabled'],
]);

/** Reads the mark that {@link decideTrace} has left. */
export function traceReasonOf(id: string | undefined): TraceReason {
  return (id?.length === uuidLength ? reasons.get(id[markAt]) : undefined) ?? 'not_traceable';
}

/**
 * Decides by the request id whether a request is traced, so that all proxies on its way say the same, and marks the id.
 * An id that is no UUID is left as it is and not traced.
 */
export function decideTrace(id: string, headers: Headers, perMillion: number): TraceDecision {
  if (id.length !== uuidLength) return { id, traced: false };
  const mark = id[markAt];
  if (mark === marks.sampled || mark === marks.forced || mark === marks.client) return { id, traced: true };
  if (headers.has('x-client-trace-id')) return marked(id, marks.client);
  if (headers.has('x-envoy-force-trace')) return marked(id, marks.forced);
  const draw = Number.parseInt(id.slice(0, 8), 16);
  return draw % 1_000_000 < perMillion ? marked(id, marks.sampled) : { id, traced: false };
}

function marked(id: string, mark: string): TraceDecision {
  return { id: id.slice(0, markAt) + mark + id.slice(markAt + 1), traced: true };
}
