import type { Adapter, Handler } from '../../sdk/index.js';

/** A built handler in a snapshot's table. Shared by all snapshots whose configuration of it is the same. */
export interface HandlerEntry {
  /** As status messages, metrics and logs name it: `h.default`, or `h.denier.default` for a legacy kind. */
  readonly name: string;
  readonly adapter: Adapter;
  readonly handler: Handler;
}
