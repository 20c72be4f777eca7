import { textTable } from '../text-table.js';
import type { Paint } from './paint.js';
import type { ScenarioResult } from './run-traffic.js';

/** What was decided, as a table of one line a scenario. */
export function renderResults(results: readonly ScenarioResult[], paint: Paint): string[] {
  const header = ['Scenario', 'Calls', 'Allowed', 'Denied', 'First reason'];
  const rows = results.map((one) => [one.title, one.calls, one.allowed, one.denied, one.reason ?? '']);
  const [head = '', ...lines] = textTable(header, rows);
  const width = Math.max(head.length, ...lines.map((line) => line.length));
  return [
    `  ${paint.bold(head)}`,
    `  ${paint.dim('\u2500'.repeat(width))}`,
    ...lines.map((line, at) => `  ${paintLine(line, results[at]!, paint)}`),
  ];
}

// Colour goes on after the layout: its codes have no width on the screen.
function paintLine(line: string, { denied, reason }: ScenarioResult, paint: Paint): string {
  if (denied === 0 || reason === undefined) return paint.green(line);
  return `${line.slice(0, line.length - reason.length)}${paint.red(reason)}`;
}

/** A few samples out of a scrape, enough to recognise the calls of the table. */
export function renderMetrics(exposition: string, paint: Paint): string[] {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith('shop_requests_total{'))
    .slice(0, 4)
    .map((line) => paint.dim(`  ${line}`));
}
