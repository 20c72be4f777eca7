import type { Cancel } from '../../sdk/index.js';
import type { ManagedHandler } from '../handlers/managed-handler.js';
import type { Host } from '../host/host.js';
import type { Snapshot } from './snapshot.js';

/** How long requests that run on a replaced snapshot may keep its handlers open. */
export const DRAIN_TIMEOUT_MS = 10_000;

/** A snapshot together with the requests that run on it and the handlers that it holds. */
export class LiveSnapshot<Dispatcher> {
  #leases = 0;
  #retired = false;
  #released = false;
  #cancel: Cancel | undefined;
  #resolve: () => void = () => undefined;
  readonly #done = new Promise<void>((resolve) => {
    this.#resolve = resolve;
  });

  constructor(
    readonly snapshot: Snapshot,
    readonly dispatcher: Dispatcher,
    private readonly handlers: Iterable<ManagedHandler>,
  ) {}

  /** Counts a request in. */
  enter(): void {
    this.#leases++;
  }

  /** Counts a request out; the last one of a retired snapshot lets go of the handlers. */
  leave(): void {
    if (--this.#leases === 0 && this.#retired) this.#release();
  }

  /** Lets go of the handlers once no request runs on the snapshot, or after the timeout. Resolves then. */
  retire({ log, timers }: Pick<Host, 'log' | 'timers'>, timeoutMs: number): Promise<void> {
    this.#retired = true;
    if (this.#leases === 0) this.#release();
    else {
      this.#cancel ??= timers.after(timeoutMs, () => {
        log.warn('requests still run on a replaced configuration, its handlers are closed', {
          snapshot: this.snapshot.id,
          requests: this.#leases,
        });
        this.#release();
      });
    }
    return this.#done;
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#cancel?.();
    for (const handler of this.handlers) handler.release();
    this.#resolve();
  }
}
