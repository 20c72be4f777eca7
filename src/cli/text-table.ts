/** A cell: text, or text that is right-aligned because it is a number. */
export type Cell = string | number;

/** Text for a terminal: names that others choose, as proxies do, must not move its cursor, nor begin a line. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Lays out rows in columns that are as wide as their widest cell, two spaces apart; each row is one line. */
export function textTable(header: readonly string[], given: readonly (readonly Cell[])[]): string[] {
  const rows = given.map((row) => row.map((cell) => (typeof cell === 'string' ? oneLine(cell) : cell)));
  const all = [header, ...rows];
  const widths = header.map((_, column) =>
    all.reduce((most, row) => Math.max(most, String(row[column] ?? '').length), 0),
  );
  const numeric = header.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'));
  const lines = all.map((row) => row.map((cell, at) => pad(String(cell), widths[at] ?? 0, numeric[at] === true)));
  return lines.map((cells) => cells.join('  ').trimEnd());
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}
