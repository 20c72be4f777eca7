import { textTable } from '../text-table.js';
import type { Paint } from './paint.js';
import type { ScenarioResult } from './run-traffic.js';

/** What was decided: a line for each scenario, and below it the first reason for which a call was denied. */
export function renderResults(results: readonly ScenarioResult[], paint: Paint): string[] {
  // Reasons are sentences: in a column of their own they would break the table of any terminal.
  const header = ['Scenario', 'Calls', 'Allowed', 'Denied'];
  const rows = results.map((one) => [one.title, one.calls, one.allowed, one.denied]);
  const [head = '', ...lines] = textTable(header, rows);
  const width = Math.max(head.length, ...lines.map((line) => line.length));
  return [
    `  ${paint.bold(head)}`,
    `  ${paint.dim('\u2500'.repeat(width))}`,
    ...lines.flatMap((line, at) => withReason(line, results[at]!, paint)),
  ];
}

// Colour goes on after the layout: its codes have no width on the screen.
function withReason(line: string, { denied, reason }: ScenarioResult, paint: Paint): string[] {
  if (denied === 0 || reason === undefined) return [`  ${paint.green(line)}`];
  return [`  ${line}`, `    ${paint.red(reason)}`];
}

/** A few samples out of a scrape, enough to recognise the calls of the table. */
export function renderMetrics(exposition: string, paint: Paint): string[] {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith('shop_requests_total{'))
    .slice(0, 6)
    .map((line) => paint.dim(`  ${line}`));
}
