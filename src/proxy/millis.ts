import type { Duration } from '../gen/google/protobuf/duration.js';

/** A protobuf duration in milliseconds; 0 when absent. */
export function millisOf(duration: Duration | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}
