import type { Cancel, Scheduler } from '../../sdk/index.js';
import type { Timers } from './timers.js';

type Work = () => void | Promise<void>;

/**
 * The scheduler of one handler: everything in it stops when the handler closes, and nothing that goes wrong in it
 * leaves it.
 */
export class HandlerScheduler implements Scheduler {
  readonly #timers: Timers;
  readonly #failed: (cause: unknown) => void;
  readonly #tasks = new Set<Task>();
  #stopped = false;

  /** `failed` hears of every piece of work that throws or rejects; it must not throw itself. */
  constructor(timers: Timers, failed: (cause: unknown) => void) {
    this.#timers = timers;
    this.#failed = failed;
  }

  /** Work that is waiting or running: once (`workers`), again and again (`daemons`). */
  get counts(): { readonly workers: number; readonly daemons: number } {
    let daemons = 0;
    for (const task of this.#tasks) if (task.repeats) daemons++;
    return { workers: this.#tasks.size - daemons, daemons };
  }

  now(work: Work): Cancel {
    return this.#add(0, work, false);
  }

  after(millis: number, work: Work): Cancel {
    return this.#add(millis, work, false);
  }

  every(millis: number, work: Work): Cancel {
    return this.#add(millis, work, true);
  }

  /** Cancels everything; what is added later never runs. Work that is running ends by itself. */
  stop(): void {
    this.#stopped = true;
    for (const task of this.#tasks) task.cancel();
  }

  #add(millis: number, work: Work, repeats: boolean): Cancel {
    if (this.#stopped) return () => undefined;
    // NaN and negative delays run at once; an interval of nothing would never let go of the process.
    const delay = Math.max(repeats ? 1 : 0, Number.isNaN(millis) ? 0 : millis);
    const task = new Task({ timers: this.#timers, delay, repeats, work, failed: this.#failed, tasks: this.#tasks });
    task.arm();
    return () => {
      task.cancel();
    };
  }
}

interface TaskOptions {
  readonly timers: Timers;
  readonly delay: number;
  readonly repeats: boolean;
  readonly work: Work;
  readonly failed: (cause: unknown) => void;
  readonly tasks: Set<Task>;
}

class Task {
  readonly #options: TaskOptions;
  #cancelTimer: Cancel | undefined;
  #cancelled = false;

  constructor(options: TaskOptions) {
    this.#options = options;
    options.tasks.add(this);
  }

  get repeats(): boolean {
    return this.#options.repeats;
  }

  arm(): void {
    this.#cancelTimer = this.#options.timers.after(this.#options.delay, () => {
      void this.#run();
    });
  }

  cancel(): void {
    this.#cancelled = true;
    this.#cancelTimer?.();
    this.#options.tasks.delete(this);
  }

  /** The next round is only armed when this one has ended: never twice at once. */
  async #run(): Promise<void> {
    try {
      await this.#options.work();
    } catch (cause) {
      this.#options.failed(cause);
    }
    if (this.#cancelled) return;
    if (this.repeats) this.arm();
    else this.#options.tasks.delete(this);
  }
}
