import type { Cell } from '../text-table.js';

/** What of a proxy is wanted; what is left out does not count. */
export interface Filters {
  readonly fqdn?: string | undefined;
  readonly port?: string | undefined;
  readonly direction?: string | undefined;
  readonly subset?: string | undefined;
  readonly name?: string | undefined;
  readonly address?: string | undefined;
  readonly type?: string | undefined;
  readonly cluster?: string | undefined;
  readonly status?: string | undefined;
}

/** A line of a table, and what it is about for JSON. */
export interface Listed {
  readonly cells: readonly Cell[];
  readonly resource: unknown;
}

/** What a kind of resources looks like in a table. */
export interface Listing {
  readonly header: readonly string[];
  readonly rows: readonly Listed[];
}

/** Whether a value is the one that is wanted, in any case of letters. */
export function isWanted(value: string, wanted: string | undefined): boolean {
  return wanted === undefined || value.toLowerCase() === wanted.toLowerCase();
}

/** Orders rows by their cells, from the left. */
export function sortRows(rows: readonly Listed[]): readonly Listed[] {
  return [...rows].sort((a, b) => {
    for (const [index, cell] of a.cells.entries()) {
      const other = b.cells[index] ?? '';
      if (cell === other) continue;
      return typeof cell === 'number' && typeof other === 'number'
        ? cell - other
        : String(cell) < String(other)
          ? -1
          : 1;
    }
    return 0;
  });
}
