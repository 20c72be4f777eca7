import type { Stop, Timing } from 'fairlead/kube';
import type { Env } from 'fairlead/sdk';

interface Timer {
  readonly due: number;
  readonly work: () => void;
  holder: Env;
  cancel: Stop;
}

/**
 * Time and log of something that several handlers share. A host lends them to each handler, and takes them away when
 * that handler closes: what a handler leaves unfinished goes on on the time of another that is still there.
 */
export class LentTime implements Timing {
  readonly #holders = new Set<Env>();
  readonly #timers = new Set<Timer>();

  /** Adds a holder; gives what takes it away. The last one to go takes all timers along. */
  join(env: Env): Stop {
    this.#holders.add(env);
    return () => {
      this.#holders.delete(env);
      for (const timer of this.#timers) if (timer.holder === env) this.#hand(timer);
    };
  }

  get isHeld(): boolean {
    return this.#holders.size > 0;
  }

  /** The log of a handler that is still there; undefined when there is none. */
  get log(): Env['log'] | undefined {
    return this.#first()?.log;
  }

  now(): number {
    return this.#first()?.clock.now() ?? 0;
  }

  random(): number {
    return Math.random();
  }

  after(millis: number, work: () => void): Stop {
    const holder = this.#first();
    if (holder === undefined) return () => undefined;
    const timer: Timer = { due: this.now() + millis, work, holder, cancel: () => undefined };
    this.#timers.add(timer);
    this.#arm(timer);
    return () => {
      timer.cancel();
      this.#timers.delete(timer);
    };
  }

  #first(): Env | undefined {
    return this.#holders.values().next().value;
  }

  #arm(timer: Timer): void {
    timer.cancel = timer.holder.schedule.after(timer.due - this.now(), () => {
      this.#timers.delete(timer);
      timer.work();
    });
  }

  #hand(timer: Timer): void {
    timer.cancel();
    const holder = this.#first();
    if (holder === undefined) {
      this.#timers.delete(timer);
      return;
    }
    timer.holder = holder;
    this.#arm(timer);
  }
}
