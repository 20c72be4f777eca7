import type { Answer, Connection, Stop, Timing } from '../../src/kube/index.js';
import { FakeClock } from '../../src/testing/index.js';

/** A watch that the code under test has open. */
export interface OpenWatch {
  readonly path: string;
  send(...events: readonly object[]): Promise<void>;
  sendText(text: string): Promise<void>;
  /** Ends it; with an error it breaks. */
  end(error?: Error): Promise<void>;
}

type Reply = object | { readonly status: number } | Error;

/** An API server without a network: each request takes the next answer of its kind; watches are fed by hand. */
export class FakeApi implements Connection {
  readonly server = 'https://fake';
  /** Paths asked for, oldest first. */
  readonly asked: string[] = [];
  readonly watches: OpenWatch[] = [];
  readonly clock = new FakeClock();
  readonly #schedule = this.clock.createScheduler();
  readonly #lists: Reply[] = [];
  readonly #refusedWatches: Reply[] = [];
  closed = 0;

  readonly timing: Timing = {
    now: () => this.clock.now(),
    after: (millis, work): Stop => this.#schedule.after(millis, work),
    random: () => 0,
  };

  /** Timers that are waiting. */
  get pending(): number {
    return this.#schedule.pending;
  }

  /** Answers to lists, in this order. A list without an answer never gets one. */
  onList(...replies: readonly Reply[]): this {
    this.#lists.push(...replies);
    return this;
  }

  /** Answers to the next watches; after them, watches open. */
  onWatch(...replies: readonly Reply[]): this {
    this.#refusedWatches.push(...replies);
    return this;
  }

  /** Lets everything run that waits for nothing but its turn, and time pass. */
  async advance(millis = 0): Promise<void> {
    for (let round = 0; round < 5; round += 1) await this.clock.advance(0);
    await this.clock.advance(millis);
    for (let round = 0; round < 5; round += 1) await this.clock.advance(0);
  }

  get(path: string, signal: AbortSignal): Promise<Answer> {
    this.asked.push(path);
    const isWatch = path.includes('watch=true');
    const reply = (isWatch ? this.#refusedWatches : this.#lists).shift();
    if (reply instanceof Error) return Promise.reject(reply);
    if (reply !== undefined) return Promise.resolve(answerOf(reply));
    if (isWatch) return Promise.resolve({ status: 200, body: this.#open(path, signal) });
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('This operation was aborted')));
    });
  }

  close(): void {
    this.closed += 1;
  }

  #open(path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const waiting: (Uint8Array | Error | 'end')[] = [];
    let wake = (): void => undefined;
    const push = async (item: Uint8Array | Error | 'end'): Promise<void> => {
      waiting.push(item);
      wake();
      await this.advance();
    };
    signal.addEventListener('abort', () => {
      waiting.push(new Error('This operation was aborted'));
      wake();
    });
    const sendText = (text: string): Promise<void> => push(Buffer.from(text));
    this.watches.push({
      path,
      sendText,
      send: (...events) => sendText(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
      end: (error) => push(error ?? 'end'),
    });
    return (async function* () {
      for (;;) {
        const item = waiting.shift();
        if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if (item === 'end') return;
        else if (item instanceof Error) throw item;
        else yield item;
      }
    })();
  }
}

function answerOf(reply: object): Answer {
  const { status, retryAfterMillis, ...body } = { status: 200, retryAfterMillis: undefined, ...reply };
  async function* bytes() {
    yield Buffer.from(JSON.stringify(body));
  }
  return { status, retryAfterMillis, body: bytes() };
}

/** A list as a server sends it. */
export function listOf(version: string, names: readonly string[], more: object = {}): object {
  return { metadata: { resourceVersion: version, ...more }, items: names.map((name) => thing(name, version)) };
}

/** An object with a name and a version. */
export function thing(name: string, version: string, more: object = {}): object {
  return { metadata: { name, namespace: 'default', resourceVersion: version }, ...more };
}
