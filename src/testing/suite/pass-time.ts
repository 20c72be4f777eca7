import { setTimeout as pause } from 'node:timers/promises';
import type { FakeClock } from '../fake-clock.js';

/** As long as a host lets a handler close. */
const closeMillis = 10_000;
const stepMillis = 250;

/**
 * Lets time pass until it is told to stop: a handler that gives its backend a while to take the rest would wait for a
 * clock that stands still. It begins after a moment, so that what ends by itself ends first. Never rejects.
 */
export async function passTime(clock: FakeClock, signal: AbortSignal): Promise<void> {
  try {
    await pause(20, undefined, { signal });
    for (let passed = 0; passed < closeMillis; passed += stepMillis) {
      await clock.advance(stepMillis);
      await pause(5, undefined, { signal });
    }
  } catch {
    // Told to stop: the handler is closed.
  }
}
