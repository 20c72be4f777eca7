import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8 from making objects of requests in the old generation at once, which it does where it once saw some live
 * long, such as during a burst. Each of them then keeps all that belongs to its request until the next full collection:
 * measured, a quarter more CPU time per request, in one start of two.
 */
export function tuneCollector(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}
