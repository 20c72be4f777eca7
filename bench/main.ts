// npm run bench [-- name ...]: runs the benchmarks named (all by default) and prints one table.
import { readdirSync } from 'node:fs';
import type { BenchResult } from './result.js';

const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${known.join(', ')}`);
  process.exit(2);
}

const results: BenchResult[] = [];
for (const name of wanted.length > 0 ? wanted : known) {
  console.error(`running ${name} ...`);
  const { run } = (await import(`./${name}.bench.ts`)) as { run: () => Promise<readonly BenchResult[]> };
  results.push(...(await run()));
}

const cells = [
  ['what', 'fairlead', 'opponent', 'ratio', 'goal', ''],
  ...results.map((r) => [r.name, r.ours, r.opponent, r.ratio?.toFixed(2) ?? '', r.goal, r.met ? 'met' : 'NOT MET']),
];
const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
console.log(line(cells[0]!));
console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
for (const row of cells.slice(1)) console.log(line(row));
