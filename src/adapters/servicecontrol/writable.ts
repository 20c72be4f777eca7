import { Timestamp } from 'fairlead/sdk';
import { cutText } from 'fairlead/sdk/tracing';

/** The longest text that goes to Google, in UTF-16 code units: one header must not fill a call, or the cache. */
export const maxText = 1024;

// The years 1 to 9999 of the JSON form of timestamps.
const firstSecond = -62_135_596_800;
const lastSecond = 253_402_300_799;
const lone = /\p{Surrogate}/gu;

/** A text that Google takes: not too long, and without halves of characters, for which it refuses the whole call. */
export function cleanText(text: string): string {
  return cutText(text, maxText).replace(lone, '');
}

/** The time if there is one that can be written, else now: Google refuses a whole call for a year that it does not know. */
export function writableTime(time: Timestamp | undefined, now: number): Timestamp {
  if (time !== undefined && time.seconds >= firstSecond && time.seconds <= lastSecond) return time;
  return Timestamp.fromMillis(now);
}
