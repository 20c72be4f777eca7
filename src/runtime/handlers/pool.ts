import type { Cancel } from '../../sdk/index.js';
import type { Host } from '../host/host.js';
import type { HandlerUse } from '../snapshot/handler-uses.js';
import { backoffMillis } from './backoff.js';
import { buildHandler } from './build-handler.js';
import { type CloseResult, ManagedHandler, textOf } from './managed-handler.js';

/** What a configuration got of the handlers it uses. */
export interface Obtained {
  /** By key. Retained once for the caller, who must release them. */
  readonly handlers: ReadonlyMap<string, ManagedHandler>;
  /** Why a handler could not be built, by key. It is being retried. */
  readonly failures: ReadonlyMap<string, string>;
  readonly created: number;
  readonly reused: number;
}

/** What a pool needs. */
export interface PoolOptions {
  readonly host: Host;
  readonly buildTimeoutMs: number;
  readonly random: () => number;
  /** Called when a retry succeeded: the configuration can have that handler now. */
  readonly onReady: () => void;
  readonly onClosed: (result: CloseResult) => void;
}

type State =
  | { readonly kind: 'building'; readonly done: Promise<void> }
  | { readonly kind: 'ready'; readonly handler: ManagedHandler }
  | { readonly kind: 'failed'; readonly reason: string; readonly cancel: Cancel };

/** The newest version of one handler. */
interface Slot {
  readonly use: HandlerUse;
  state: State;
  attempts: number;
  dropped: boolean;
}

/**
 * Keeps built handlers across configurations: reuses them by signature, retries failed builds with back-off, and lets
 * go of what the newest configuration does not use. Snapshots hold on to what they still need.
 */
export class HandlerPool {
  readonly #slots = new Map<string, Slot>();
  readonly #alive = new Set<ManagedHandler>();
  readonly #attempts = new Set<Promise<void>>();

  constructor(private readonly options: PoolOptions) {}

  /**
   * Gets handlers for a configuration, building what is new. A handler whose build has failed and that has not changed
   * is left to its back-off, so that a broken backend does not hold up every change of configuration.
   */
  async obtain(uses: readonly HandlerUse[]): Promise<Obtained> {
    const wanted = new Set(uses.map(({ config }) => config.key));
    for (const [key, slot] of this.#slots) if (!wanted.has(key)) this.#drop(key, slot);
    const fresh = new Set<Slot>();
    const slots = uses.map((use) => {
      const slot = this.#slots.get(use.config.key);
      if (slot?.use.signature === use.signature) return slot;
      if (slot !== undefined) this.#drop(use.config.key, slot);
      const started = this.#start(use);
      fresh.add(started);
      return started;
    });
    await Promise.all(slots.map(async ({ state }) => state.kind === 'building' && (await state.done)));
    return collect(slots, fresh);
  }

  /** Lets go of everything and closes what is still held, with the calls that may be running. */
  async close(): Promise<void> {
    for (const [key, slot] of this.#slots) this.#drop(key, slot);
    await Promise.all(this.#attempts);
    await Promise.all([...this.#alive].map((handler) => handler.close()));
  }

  #start(use: HandlerUse): Slot {
    const slot: Slot = { use, state: { kind: 'building', done: Promise.resolve() }, attempts: 0, dropped: false };
    this.#slots.set(use.config.key, slot);
    slot.state = { kind: 'building', done: this.#run(slot) };
    return slot;
  }

  #run(slot: Slot): Promise<void> {
    const attempt = this.#attempt(slot).finally(() => this.#attempts.delete(attempt));
    this.#attempts.add(attempt);
    return attempt;
  }

  async #attempt(slot: Slot): Promise<void> {
    const { host, buildTimeoutMs: timeoutMs, onClosed } = this.options;
    slot.attempts++;
    try {
      const { entry, lent } = await buildHandler(slot.use, { host, timeoutMs });
      const handler = new ManagedHandler(entry, slot.use.signature, lent, {
        host,
        onClosed: (result) => {
          this.#alive.delete(handler);
          onClosed(result);
        },
      });
      this.#alive.add(handler);
      handler.retain();
      if (slot.dropped) handler.release();
      else slot.state = { kind: 'ready', handler };
    } catch (error) {
      this.#fail(slot, textOf(error));
    }
  }

  #fail(slot: Slot, reason: string): void {
    const { host, random } = this.options;
    const { name, adapter } = slot.use.config;
    host.log.error('handler could not be built', { handler: name, adapter: adapter.name, error: reason });
    if (slot.dropped) return;
    const cancel = host.timers.after(backoffMillis(slot.attempts, random), () => void this.#retry(slot));
    slot.state = { kind: 'failed', reason, cancel };
  }

  async #retry(slot: Slot): Promise<void> {
    await this.#run(slot);
    if (!slot.dropped && slot.state.kind === 'ready') this.options.onReady();
  }

  #drop(key: string, slot: Slot): void {
    this.#slots.delete(key);
    slot.dropped = true;
    if (slot.state.kind === 'failed') slot.state.cancel();
    if (slot.state.kind === 'ready') slot.state.handler.release();
  }
}

function collect(slots: readonly Slot[], fresh: ReadonlySet<Slot>): Obtained {
  const handlers = new Map<string, ManagedHandler>();
  const failures = new Map<string, string>();
  let created = 0;
  for (const slot of slots) {
    const { state } = slot;
    const { key } = slot.use.config;
    if (state.kind === 'failed') failures.set(key, state.reason);
    if (state.kind !== 'ready') continue;
    state.handler.retain();
    handlers.set(key, state.handler);
    if (fresh.has(slot)) created++;
  }
  return { handlers, failures, created, reused: handlers.size - created };
}
