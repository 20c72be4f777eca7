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
  /** Why a handler could not be built, by key. It is being retried; `handlers` may have its last good version. */
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
  /** The last good version, held until this one is built: it serves as long as the build fails. */
  former: ManagedHandler | undefined;
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
   * is left to its back-off, so that a broken backend does not hold up every change of configuration. A handler whose
   * new version does not build keeps the one that did, if that was built for the same instances.
   */
  async obtain(uses: readonly HandlerUse[]): Promise<Obtained> {
    const wanted = new Set(uses.map(({ config }) => config.key));
    for (const [key, slot] of this.#slots) if (!wanted.has(key)) this.#drop(key, slot);
    const fresh = new Set<Slot>();
    const slots = uses.map((use) => {
      const slot = this.#slots.get(use.config.key);
      if (slot?.use.signature === use.signature) return slot;
      const former = lastGood(slot, use);
      former?.retain();
      if (slot !== undefined) this.#drop(use.config.key, slot);
      if (former?.signature === use.signature) return this.#restore(use, former);
      const started = this.#start(use, former);
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

  /** A configuration that went back to what was there before its handler failed to build. */
  #restore(use: HandlerUse, handler: ManagedHandler): Slot {
    const slot: Slot = { use, state: { kind: 'ready', handler }, former: undefined, attempts: 0, dropped: false };
    this.#slots.set(use.config.key, slot);
    return slot;
  }

  #start(use: HandlerUse, former: ManagedHandler | undefined): Slot {
    const building: State = { kind: 'building', done: Promise.resolve() };
    const slot: Slot = { use, state: building, former, attempts: 0, dropped: false };
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
      else becomeReady(slot, handler);
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
    slot.former?.release();
  }
}

/** The built version of a handler that can stand in for a new one: the same adapter, reached by the same instances. */
function lastGood(slot: Slot | undefined, use: HandlerUse): ManagedHandler | undefined {
  if (slot?.use.shape !== use.shape) return undefined;
  return slot.state.kind === 'ready' ? slot.state.handler : slot.former;
}

function becomeReady(slot: Slot, handler: ManagedHandler): void {
  slot.state = { kind: 'ready', handler };
  slot.former?.release();
  slot.former = undefined;
}

function collect(slots: readonly Slot[], fresh: ReadonlySet<Slot>): Obtained {
  const handlers = new Map<string, ManagedHandler>();
  const failures = new Map<string, string>();
  let created = 0;
  for (const slot of slots) {
    const { state } = slot;
    const { key } = slot.use.config;
    if (state.kind === 'failed') failures.set(key, state.reason);
    const handler = state.kind === 'ready' ? state.handler : slot.former;
    if (handler === undefined) continue;
    handler.retain();
    handlers.set(key, handler);
    if (state.kind === 'ready' && fresh.has(slot)) created++;
  }
  return { handlers, failures, created, reused: handlers.size - created };
}
