import type { Log } from '../../sdk/index.js';
import type { Host, HandlerEnv } from '../host/host.js';
import type { HandlerEntry } from './entry.js';
import { withDeadline } from './with-deadline.js';

/** How long a handler's `close` may take before its environment is taken away regardless. */
export const CLOSE_TIMEOUT_MS = 10_000;

/** What became of a close. */
export type CloseResult = 'closed' | 'failed';

/** A built handler and its environment, shared by the snapshots that use it and closed with the last of them. */
export class ManagedHandler {
  #holders = 0;
  #closing: Promise<CloseResult> | undefined;

  constructor(
    readonly entry: HandlerEntry,
    readonly signature: string,
    private readonly lent: HandlerEnv,
    private readonly options: { readonly host: Host; readonly onClosed: (result: CloseResult) => void },
  ) {}

  /** Adds a holder. Must not be called once the last one has released it. */
  retain(): void {
    this.#holders++;
  }

  /** Takes a holder away; the last one closes the handler. */
  release(): void {
    if (--this.#holders === 0) void this.close();
  }

  /** Closes the handler, whoever still holds it. Never rejects; calling it twice does no harm. */
  close(): Promise<CloseResult> {
    this.#closing ??= this.#close().then((result) => {
      this.options.onClosed(result);
      return result;
    });
    return this.#closing;
  }

  async #close(): Promise<CloseResult> {
    const { host } = this.options;
    this.lent.abort();
    const result = await closeContained(this.entry, host);
    disposeContained(this.lent, { log: host.log, handler: this.entry.name });
    return result;
  }
}

/** Calls a handler's `close` within a bound; what goes wrong is logged and goes no further. */
export async function closeContained(
  { handler, name, adapter }: HandlerEntry,
  { log, timers }: Pick<Host, 'log' | 'timers'>,
): Promise<CloseResult> {
  try {
    await withDeadline(handler.close?.(), { timers, millis: CLOSE_TIMEOUT_MS, what: 'close' });
    return 'closed';
  } catch (error) {
    log.error('handler did not close', { handler: name, adapter: adapter.name, error: textOf(error) });
    return 'failed';
  }
}

/** Takes an environment away; what goes wrong (an adapter's own `release`) is logged and goes no further. */
export function disposeContained(
  lent: HandlerEnv,
  { log, handler }: { readonly log: Log; readonly handler: string },
): void {
  try {
    lent.dispose();
  } catch (error) {
    log.error('handler left something behind', { handler, error: textOf(error) });
  }
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
