import { setImmediate as turn } from 'node:timers/promises';
import type { Cancel, Clock, Scheduler } from '../sdk/index.js';

type Work = () => void | Promise<void>;

interface Job {
  due: number;
  readonly work: Work;
  /** Undefined for work that runs once. */
  readonly period: number | undefined;
  running: boolean;
}

/** A scheduler of a {@link FakeClock}, with the number of works that are still to come. */
export interface FakeScheduler extends Scheduler {
  readonly pending: number;
  cancelAll(): void;
}

/**
 * A clock that stands still until a test turns it, and the schedulers that go by it. Nothing here waits for real time,
 * so a test of an hour takes a moment and always comes out the same.
 */
export class FakeClock implements Clock {
  /** What scheduled works threw or rejected with, oldest first. */
  readonly failures: unknown[] = [];
  readonly #jobs = new Set<Job>();
  #now: number;

  /** Starts at 2026-01-01T00:00:00Z unless told otherwise (milliseconds since the epoch). */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** Sets the time, backwards too, as an administrator would: nothing runs before the next {@link advance}. */
  set(millis: number): void {
    this.#now = millis;
  }

  /**
   * Lets time pass: runs what falls due, in order of time, each at its own time, and gives promises their turn in
   * between. `advance(0)` runs what is due now.
   */
  async advance(millis: number): Promise<void> {
    const end = this.#now + millis;
    for (let job = this.#next(end); job !== undefined; job = this.#next(end)) {
      this.#now = Math.max(this.#now, job.due);
      this.#start(job);
      await turn();
    }
    this.#now = end;
    await turn();
  }

  /** A scheduler of its own for one holder, so that ending it ends nobody else's work. */
  createScheduler(): FakeScheduler {
    const mine = new Set<Job>();
    const add = (delay: number, work: Work, period?: number): Cancel => {
      const job = { due: this.#now + Math.max(0, delay), work, period, running: false };
      mine.add(job);
      this.#jobs.add(job);
      return () => void this.#jobs.delete(job);
    };
    const live = (): Job[] => [...mine].filter((job) => this.#jobs.has(job));
    return {
      now: (work) => add(0, work),
      after: (millis, work) => add(millis, work),
      every: (millis, work) => add(millis, work, Math.max(1, millis)),
      get pending() {
        return live().length;
      },
      cancelAll: () => {
        for (const job of live()) this.#jobs.delete(job);
      },
    };
  }

  #next(end: number): Job | undefined {
    let first: Job | undefined;
    for (const job of this.#jobs) {
      if (job.due <= end && (first === undefined || job.due < first.due)) first = job;
    }
    return first;
  }

  #start(job: Job): void {
    if (job.period === undefined) this.#jobs.delete(job);
    else job.due += job.period;
    if (job.running) return;
    job.running = true;
    void this.#run(job);
  }

  async #run(job: Job): Promise<void> {
    try {
      await job.work();
    } catch (cause) {
      // Kept for the test to look at; a host would log it and go on as well.
      this.failures.push(cause);
    } finally {
      job.running = false;
    }
  }
}
