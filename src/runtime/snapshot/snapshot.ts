import type { Vocabulary } from '../../attributes/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { RoutingTable } from '../routing/table.js';

/** One state of the whole configuration. Never changes; requests keep the one they started with. */
export interface Snapshot {
  /** 0, 1, 2 ... in the order of going live; -1 is the empty one before the first configuration. */
  readonly id: number;
  readonly vocabulary: Vocabulary;
  readonly table: RoutingTable;
  /** Everything found in the configuration that this snapshot was made from, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Names of the handlers that are built, sorted. */
  readonly handlers: readonly string[];
}
