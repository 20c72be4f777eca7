import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../peer.js';

/** Callers that go on and on, and remember what went wrong. */
export class SteadyLoad {
  readonly failures: string[] = [];
  /** Answers so far. */
  count = 0;
  #isOver = false;
  readonly #callers: Promise<void>[];

  /** `ask` says what went wrong; undefined for nothing. */
  constructor(ask: () => Promise<string | undefined>, callers = 4) {
    this.#callers = Array.from({ length: callers }, () => this.#call(ask));
  }

  /** Waits for some more answers. */
  async more(answers = 40): Promise<void> {
    const wanted = this.count + answers;
    await eventually(() => Promise.resolve(this.count >= wanted ? true : undefined));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#callers);
  }

  async #call(ask: () => Promise<string | undefined>): Promise<void> {
    while (!this.#isOver) {
      const failure = await ask().catch(String);
      if (failure !== undefined) this.failures.push(failure);
      this.count += 1;
      // Others on the machine have work to do, too.
      await delay(3);
    }
  }
}
