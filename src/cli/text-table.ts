/** A cell: text, or text that is right-aligned because it is a number. */
export type Cell = string | number;

/** Lays out rows in columns that are as wide as their widest cell, two spaces apart. */
export function textTable(header: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => String(row[column] ?? '').length)));
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const lines = all.map((row) => row.map((cell, at) => pad(String(cell), widths[at] ?? 0, numeric[at] === true)));
  return lines.map((cells) => cells.join('  ').trimEnd());
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
