import type { Cancel, Env } from 'fairlead/sdk';
import { digestOf } from './body.js';
import type { ListcheckerConfig } from './config.js';
import { type Download, download } from './download.js';
import { type List, parseList } from './list.js';
import type { ProviderUrl } from './provider-url.js';
import { inTurns } from './steps.js';

/** How long a build waits for the first list; the configuration waits for the build. */
const buildPatienceMillis = 2000;

interface Installed {
  readonly list: List;
  readonly digest: string;
  readonly etag: string | undefined;
}

/**
 * Keeps a list up to date with a server: fetches it again and again, keeps the last good one while fetching fails, and
 * lets go of it when no fetch has succeeded for `ttl`. A ttl that ends before the fetch that would have renewed the
 * list has had its outcome waits for that outcome.
 */
export class Provider {
  #installed: Installed | undefined;
  #error: Error | undefined = new Error('the list has not been fetched yet');
  /** The ttl has ended, and the next failure ends the list. */
  #isDue = false;
  #cancelPurge: Cancel = () => undefined;
  #running: Promise<void> | undefined;
  readonly #fetches;

  constructor(
    readonly url: ProviderUrl,
    readonly config: ListcheckerConfig,
    readonly env: Env,
  ) {
    this.#fetches = env.metrics.counter('list_fetches_total', 'Fetches of the list, by outcome.');
  }

  /** The list, or why there is none. */
  current(): List | Error {
    // There is a list or an error: what drops the one has the other.
    return this.#installed?.list ?? this.#error!;
  }

  /** Starts fetching; resolves with the outcome of the first fetch, or before when it takes long. Never rejects. */
  async start(): Promise<void> {
    const { schedule } = this.env;
    schedule.every(this.config.refreshInterval.toMillis(), () => this.#refresh());
    await new Promise<void>((resolve) => {
      const cancel = schedule.after(buildPatienceMillis, resolve);
      void this.#refresh().finally(() => {
        cancel();
        resolve();
      });
    });
  }

  /** Resolves when nothing is under way any more; `env.signal` has ended it before. */
  async close(): Promise<void> {
    this.#cancelPurge();
    await this.#running;
  }

  #isClosing(): boolean {
    return this.env.signal.aborted;
  }

  #refresh(): Promise<void> {
    this.#running ??= this.#fetch().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #fetch(): Promise<void> {
    const { env, config, url } = this;
    if (this.#isClosing()) return;
    const controller = new AbortController();
    const onClose = (): void => controller.abort();
    env.signal.addEventListener('abort', onClose);
    const millis = Math.min(config.fetchTimeout.toMillis(), config.refreshInterval.toMillis());
    const cancel = env.schedule.after(millis, () => controller.abort(new Error(`no list within ${millis} ms`)));
    try {
      const { maxBytes } = config;
      // What a server calls unchanged is the list that it was asked about, also if the ttl has ended it meanwhile.
      const old = this.#installed;
      await this.#accept(await download({ url, etag: old?.etag, maxBytes, signal: controller.signal }), old);
    } catch (cause) {
      // A handler that closes has not failed.
      if (!this.#isClosing()) this.#fail(cause instanceof Error ? cause.message : String(cause));
    } finally {
      cancel();
      env.signal.removeEventListener('abort', onClose);
    }
  }

  async #accept({ body, etag }: Download, old: Installed | undefined): Promise<void> {
    if (this.#isClosing()) return;
    const digest = body === undefined ? undefined : await inTurns(digestOf(body), this.env);
    if (old !== undefined && (digest === undefined || digest === old.digest)) {
      this.#installed = { ...old, etag };
      this.#succeed('unchanged');
      return;
    }
    const { entryType, overrides } = this.config;
    const list = await inTurns(parseList(entryType, body ?? new Uint8Array(), overrides), this.env);
    if ('problem' in list) {
      this.#fail(list.problem);
      return;
    }
    this.#installed = { list, digest: digest ?? '', etag };
    this.#succeed('installed');
  }

  #succeed(outcome: 'installed' | 'unchanged'): void {
    const { env, config, url } = this;
    this.#fetches.add(1, { outcome });
    if (outcome === 'installed') env.log.info('list installed', { url: url.href });
    this.#error = undefined;
    this.#isDue = false;
    this.#cancelPurge();
    this.#cancelPurge = env.schedule.after(config.ttl.toMillis(), () => this.#purge());
  }

  #fail(reason: string): void {
    const { env, url } = this;
    this.#fetches.add(1, { outcome: 'failed' });
    env.log.warn('list not fetched', { url: url.href, error: reason, kept: this.#installed !== undefined });
    this.#error = new Error(`fetching the list from "${url.href}" failed: ${reason}`);
    if (this.#isDue) this.#purge();
  }

  #purge(): void {
    this.#isDue = true;
    if (this.#error === undefined) return;
    if (this.#installed !== undefined) this.env.log.error('list dropped', { url: this.url.href });
    this.#installed = undefined;
  }
}
