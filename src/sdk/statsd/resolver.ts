import { lookup as systemLookup, type LookupOneOptions } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../env.js';

type Answer = (error: NodeJS.ErrnoException | null, address: string, family: number) => void;

/** Looks up a name as `dns.lookup` does. */
export type Lookup = (host: string, options: LookupOneOptions, answer: Answer) => void;

const freshMillis = 60_000;
const failedMillis = 5_000;
/** How many packets may wait for the first answer. */
const maxWaiting = 1_000;

/**
 * The IPv4 address of the one host that lines go to, asked for once a minute and not once a packet: a name server that
 * does not answer would otherwise hold up all else that this process looks up or reads. An address that is known stays
 * in use until there is a newer one.
 */
export class Resolver {
  #address: string | undefined;
  #failure: NodeJS.ErrnoException | undefined;
  #until = -Infinity;
  #waiting: Answer[] = [];
  #isAsking = false;
  #closed = false;

  constructor(
    readonly clock: Clock,
    readonly ask: Lookup = systemLookup,
  ) {}

  /** What a socket calls for each packet. */
  readonly lookup = (host: string, _options: unknown, answer: Answer): void => {
    const family = isIP(host);
    if (family !== 0) {
      answer(null, host, family);
      return;
    }
    if (this.clock.now() >= this.#until) this.#refresh(host);
    if (this.#address !== undefined) answer(null, this.#address, 4);
    else if (this.#failure !== undefined) answer(this.#failure, '', 0);
    else if (this.#closed || this.#waiting.length >= maxWaiting) answer(unresolved(host), '', 0);
    else this.#waiting.push(answer);
  };

  /** Resolves when no packet waits for an address. */
  async settled(): Promise<void> {
    if (this.#waiting.length === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(() => resolve()));
  }

  /** Lets nobody wait any longer. */
  close(host: string): void {
    this.#closed = true;
    this.#settle(unresolved(host));
  }

  #refresh(host: string): void {
    if (this.#isAsking || this.#closed) return;
    this.#isAsking = true;
    this.ask(host, { family: 4 }, (error, address) => {
      this.#isAsking = false;
      this.#until = this.clock.now() + (error === null ? freshMillis : failedMillis);
      this.#failure = error ?? undefined;
      if (error === null) this.#address = address;
      this.#settle(error);
    });
  }

  #settle(error: NodeJS.ErrnoException | null): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) answer(error, error === null ? this.#address! : '', 4);
  }
}

function unresolved(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address for ${host} yet`), { code: 'EAI_AGAIN' });
}
