import type { ConfigStore } from '../config/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Log } from '../sdk/index.js';
import { MixerError } from '../util/errors.js';

/** What a {@link ConfigLoader} connects. */
export interface ConfigLoaderOptions {
  readonly store: ConfigStore;
  readonly runtime: Runtime;
  readonly log: Log;
}

/**
 * Brings what the store holds into the runtime, at start and at every change, one load after the other; changes that
 * arrive during a load are taken together in the next. A load that fails leaves the old configuration in force.
 */
export class ConfigLoader {
  readonly #options: ConfigLoaderOptions;
  #loading: Promise<void> = Promise.resolve();
  #pending = false;
  #loaded = false;
  #closed = false;

  constructor(options: ConfigLoaderOptions) {
    this.#options = options;
  }

  /** True as soon as a configuration is live. */
  get loaded(): boolean {
    return this.#loaded;
  }

  /** Loads what is there and follows the changes. Rejects when the first load fails. */
  async start(): Promise<void> {
    const { store, log } = this.#options;
    await store.start();
    const first = this.#load();
    this.#loading = first.catch(() => undefined);
    // Before the first load ends: a change that comes meanwhile must not wait for the next one.
    store.onChange(() => {
      if (this.#pending || this.#closed) return;
      this.#pending = true;
      this.#loading = this.#loading.then(async () => {
        this.#pending = false;
        if (this.#closed) return;
        await this.#load().catch((error: unknown) => {
          log.error('configuration was not loaded, the former one stays', { error: MixerError.from(error).message });
        });
      });
    });
    await first;
  }

  /** Ends following; a load under way is waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#options.store.close();
    await this.#loading;
  }

  async #load(): Promise<void> {
    const { store, runtime } = this.#options;
    const { resources, diagnostics } = store.current();
    await runtime.load(resources, diagnostics);
    this.#loaded = true;
  }
}
