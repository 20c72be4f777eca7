import type { Duration as DurationMessage } from '../../../gen/google/protobuf/duration.js';
import type { Duration } from '../../../util/duration.js';

/** A duration as a message. */
export function durationOf(duration: Duration | undefined): DurationMessage | undefined {
  return duration && { seconds: BigInt(duration.seconds), nanos: duration.nanos };
}
