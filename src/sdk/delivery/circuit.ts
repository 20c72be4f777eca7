import type { Cancel, Scheduler } from '../env.js';

/** What {@link Circuit} needs to know. */
export interface CircuitOptions {
  readonly schedule: Scheduler;
  /** Failed attempts in a row that open it. */
  readonly failures: number;
  /** How long it stays open before one batch may try. */
  readonly openMillis: number;
  /** Called when the backend is given up, and when it is back; not when a trial fails. */
  readonly changed: (state: 'open' | 'closed', reason: string) => void;
}

/** The gate before a backend: closed it lets everything pass, open nothing, and now and then one batch to try. */
export class Circuit {
  readonly #options: CircuitOptions;
  readonly #waiting: (() => void)[] = [];
  #state: 'closed' | 'open' | 'probing' = 'closed';
  #failures = 0;
  #mayTry = false;
  #released = false;
  #cancelTimer: Cancel = () => undefined;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  get state(): 'closed' | 'open' | 'probing' {
    return this.#state;
  }

  /** Waits until an attempt may be made. */
  async pass(): Promise<void> {
    while (!this.#mayPass()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Tells that the backend answered, whatever it said. */
  answered(): void {
    this.#failures = 0;
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#cancelTimer();
    this.#options.changed('closed', '');
    this.#wake();
  }

  /** Tells of a failed attempt. */
  failed(reason: string): void {
    this.#failures += 1;
    if (this.#state === 'closed') {
      if (this.#failures < this.#options.failures) return;
      this.#open();
      this.#options.changed('open', reason);
    } else if (this.#state === 'probing') this.#open();
  }

  /** Lets one batch try now, however long the circuit has been open. */
  tryNow(): void {
    this.#cancelTimer();
    this.#mayTry = true;
    this.#wake();
  }

  /** Lets everyone pass for good: there is nothing to spare any more. */
  release(): void {
    this.#released = true;
    this.#cancelTimer();
    this.#wake();
  }

  #mayPass(): boolean {
    if (this.#released || this.#state === 'closed') return true;
    if (this.#state === 'probing' || !this.#mayTry) return false;
    this.#state = 'probing';
    return true;
  }

  #open(): void {
    this.#state = 'open';
    this.#mayTry = false;
    this.#cancelTimer = this.#options.schedule.after(this.#options.openMillis, () => {
      this.tryNow();
    });
  }

  // All are woken, in the order in which they came; those who may not pass yet wait again.
  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
