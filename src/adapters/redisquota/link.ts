import type { Cancel, Env } from 'fairlead/sdk';
import { Cluster } from 'ioredis';
import type { Client } from './client.js';
import { script, scriptDigest } from './script.js';

/** `CONNECTING` until the first attempt has ended; a link that is `DOWN` goes on trying. */
export type LinkState = 'CONNECTING' | 'UP' | 'DOWN';

// How long a cluster may have a new master before anyone notices.
const refreshMillis = 1000;

/** The connection to Redis: whether there is one, and the script on it. */
export class Link {
  readonly #client: Client;
  readonly #log: Env['log'];
  readonly #stopRefresh: Cancel | undefined;
  #state: LinkState = 'CONNECTING';
  #lastError = 'connection closed';
  #closed = false;
  /** Called when the state has changed. */
  onChange: (() => void) | undefined;

  constructor(client: Client, { log, schedule }: Pick<Env, 'log' | 'schedule'>) {
    this.#client = client;
    this.#log = log;
    client.on('ready', () => this.#become('UP'));
    client.on('close', () => this.#become('DOWN'));
    client.on('error', (error: Error) => {
      this.#lastError = error.message;
      // A connection that is refused a login stays open, but is of no use.
      if (this.#state === 'CONNECTING') this.#become('DOWN');
    });
    // Who has taken over from whom is asked regularly, and not by sending again what may have been decided.
    if (client instanceof Cluster) this.#stopRefresh = schedule.every(refreshMillis, () => refreshSlots(client));
  }

  get state(): LinkState {
    return this.#state;
  }

  /** What went wrong last. */
  get lastError(): string {
    return this.#lastError;
  }

  /** Starts to connect, and returns at once. */
  open(): void {
    this.#client.connect().catch((error: unknown) => {
      if (error instanceof Error && this.#lastError === 'connection closed') this.#lastError = error.message;
      if (this.#state !== 'UP') this.#become('DOWN');
    });
  }

  /** Runs the script; sends its text where the server does not know it yet, or any more. */
  async evaluate(keys: readonly string[], args: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(scriptDigest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return this.#client.eval(script, keys.length, ...keys, ...args);
    }
  }

  /** Ends the connection, after what is under way. Twice does no harm. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopRefresh?.();
    if (this.#state === 'UP') await this.#client.quit().catch(() => 'gone already');
    this.cut();
  }

  /** Ends the connection at once. */
  cut(): void {
    this.#client.disconnect();
  }

  #become(state: LinkState): void {
    if (this.#closed || state === this.#state) return;
    this.#state = state;
    if (state === 'UP') this.#log.info('connected to redis');
    else this.#log.warn('no connection to redis, trying again', { error: this.#lastError });
    this.onChange?.();
  }
}

/** Ends in any case; a failure shows in the calls. */
function refreshSlots(cluster: Cluster): Promise<void> {
  return new Promise((resolve) => {
    cluster.refreshSlotsCache(() => resolve());
  });
}
