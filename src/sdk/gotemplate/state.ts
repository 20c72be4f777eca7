import type { DataMap, Datum } from './datum.js';
import { fail } from './render-error.js';

/** How often the bodies of all ranges together may run in one rendering. */
const maxTurns = 1_000_000;

/** One rendering under way. */
export class RenderState {
  output = '';
  /** Where the action that runs now begins in the template. */
  at = 0;
  /** Variables by slot; the first is `$`. */
  readonly variables: Datum[];
  #turns = 0;

  constructor(
    root: DataMap,
    slots: number,
    readonly maxOutput: number,
  ) {
    this.variables = Array.from({ length: slots }, () => undefined);
    this.variables[0] = root;
  }

  /** How much may still be written. */
  get room(): number {
    return this.maxOutput - this.output.length;
  }

  write(text: string): void {
    if (text.length > this.room) fail('the output is too long');
    this.output += text;
  }

  /** Counts a turn of a range: nested ranges over large data must come to an end. */
  countTurn(): void {
    this.#turns += 1;
    if (this.#turns > maxTurns) fail('the ranges take too many turns');
  }
}
