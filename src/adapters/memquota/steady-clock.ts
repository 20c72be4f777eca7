import { type Clock, Duration } from 'fairlead/sdk';

const microsPerSecond = 1_000_000;
// Clocks that are being disciplined tremble; following each tremble would make time run fast.
const patience = microsPerSecond;

/**
 * The host's clock in whole microseconds, made never to go back. When the clock is set back, time stands still until it
 * has caught up, but no longer than for a step of a second: after a larger one, time goes on from where it was. So a
 * clock that was an hour ahead does not block anybody for an hour.
 */
export class SteadyClock {
  readonly #clock: Clock;
  #last = -Infinity;
  /** The sum of the larger steps back. */
  #lost = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    const now = Math.floor(this.#clock.now() * 1000) + this.#lost;
    if (now > this.#last) this.#last = now;
    else if (this.#last - now > patience) this.#lost += this.#last - now;
    return this.#last;
  }
}

/** Whole microseconds of a duration, rounded up: no window is shorter than configured. */
export function microsOf({ seconds, nanos }: Duration): number {
  return seconds * microsPerSecond + Math.ceil(nanos / 1000);
}

/** A duration of so many whole microseconds. */
export function durationOf(micros: number): Duration {
  const seconds = Math.floor(micros / microsPerSecond);
  return new Duration(seconds, (micros - seconds * microsPerSecond) * 1000);
}
