import { textTable } from '../text-table.js';
import type { Paint } from './paint.js';
import type { Prometheus, QuerySample } from './prometheus.js';

/** Requests by service and answer. */
const requests = 'sum by (destination_service_name, response_code) (istio_requests_total)';
/** The time in which nine of ten answers came, by service. */
const slowness =
  'histogram_quantile(0.9, sum by (le, destination_service_name) (istio_request_duration_seconds_bucket))';

/** Asks a Prometheus what it has scraped, once it has scraped all of the requests, and lays out two answers. */
export async function queryResults(prometheus: Prometheus, total: number, paint: Paint): Promise<string[]> {
  const isComplete = (answer: readonly QuerySample[]): boolean =>
    answer.reduce((sum, { value }) => sum + value, 0) >= total;
  const counts = await prometheus.queryUntil(requests, isComplete);
  const title = paint.bold('Prometheus');
  if (counts === undefined) return [`${title} at ${prometheus.url} has not scraped all of it in time`, ''];
  const slow = await prometheus.query(slowness);
  return [
    `${title} at ${prometheus.url} has scraped it, and says to`,
    `  ${paint.dim(requests)}`,
    ...table(['Service', 'Code', 'Requests'], counts, ({ labels, value }) => [
      labels['destination_service_name'] ?? '',
      labels['response_code'] ?? '',
      value,
    ]),
    `  ${paint.dim(slowness)}`,
    ...table(['Service', 'Nine of ten within'], slow, ({ labels, value }) => [
      labels['destination_service_name'] ?? '',
      `${(value * 1000).toFixed(1)} ms`,
    ]),
    '',
  ];
}

type Cells = readonly (string | number)[];

function table(
  header: readonly string[],
  samples: readonly QuerySample[],
  toRow: (one: QuerySample) => Cells,
): string[] {
  const rows = samples.map(toRow).sort((a, b) => (String(a) < String(b) ? -1 : 1));
  return textTable(header, rows).map((line) => `    ${line}`);
}
