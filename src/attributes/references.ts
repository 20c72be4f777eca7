import type { Vocabulary } from './vocabulary.js';

/** Whether an attribute or map key that was read was there. */
export type Condition = 'EXACT' | 'ABSENCE';

/** One attribute, or one key of a map attribute, that was read. */
export interface Reference {
  readonly name: string;
  readonly key: string | undefined;
  readonly condition: Condition;
}

/**
 * What had been read from a bag at one moment (mixer-core.md 1.8). Includes whole maps that were present, which the
 * wire form leaves out.
 */
export interface References {
  readonly vocabulary: Vocabulary;
  /** Sorted by name, then key, bytewise. */
  list(): readonly Reference[];
}
