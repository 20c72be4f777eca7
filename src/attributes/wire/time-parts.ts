import { malformed, type WireReader } from './reader.js';

const SECONDS_TAG = 0x08;
const NANOS_TAG = 0x10;
/** 0001-01-01 and 9999-12-31, the bounds of google.protobuf.Timestamp. */
const MIN_TIMESTAMP = -62_135_596_800;
const MAX_TIMESTAMP = 253_402_300_799;
/** 10,000 years, the bound of google.protobuf.Duration. */
const MAX_DURATION = 315_576_000_000;
const MAX_NANOS = 999_999_999;

/** Where {@link readParts} leaves what it read: one object for all calls, since it is read at once. */
export const timeParts = { seconds: 0, nanos: 0 };

/** Reads the fields that Timestamp and Duration share into {@link timeParts}. */
export function readParts(reader: WireReader, limit: number): void {
  let seconds = 0;
  let nanos = 0;
  const outer = reader.end;
  reader.end = limit;
  while (reader.pos < limit) {
    const tag = reader.uint32();
    if (tag === SECONDS_TAG) seconds = reader.int64AsNumber();
    else if (tag === NANOS_TAG) nanos = reader.int32();
    else reader.skip(tag);
  }
  reader.end = outer;
  timeParts.seconds = seconds;
  timeParts.nanos = nanos;
}

/** Refuses what no google.protobuf.Timestamp may hold, as Mixer does when it reads the message. */
export function validateTimestamp(): void {
  const { seconds, nanos } = timeParts;
  if (seconds < MIN_TIMESTAMP || seconds > MAX_TIMESTAMP || nanos < 0 || nanos > MAX_NANOS) {
    throw malformed('timestamp out of range');
  }
}

/** Refuses what no google.protobuf.Duration may hold: too long, or seconds and nanos of different sign. */
export function validateDuration(): void {
  const { seconds, nanos } = timeParts;
  const size = Math.abs(nanos);
  if (Math.abs(seconds) > MAX_DURATION || size > MAX_NANOS || seconds * nanos < 0) {
    throw malformed('duration out of range');
  }
}
