import type { Histogram } from './histogram.js';
import { fullName } from './stat-filter.js';
import type { StatSnapshot } from './stats.js';

const quantiles = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1];

/** A line for each, sorted by name; histograms come last, as in Envoy. */
export function formatStatLines({ values, histograms }: StatSnapshot): string {
  const lines = values.map((stat) => `${fullName(stat)}: ${stat.value}\n`).sort();
  const tails = histograms.map((stat) => `${fullName(stat)}: ${summaryOf(stat.histogram)}\n`).sort();
  return lines.join('') + tails.join('');
}

/** The form of `?format=json`. */
export function formatStatJson({ values, histograms }: StatSnapshot): string {
  const stats: unknown[] = values
    .map((stat) => ({ name: fullName(stat), value: stat.value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (histograms.length > 0) {
    stats.push({
      histograms: {
        supported_quantiles: quantiles.map((share) => share * 100),
        computed_quantiles: histograms.map((stat) => ({
          name: fullName(stat),
          values: quantiles.map((share) => ({ interval: null, cumulative: stat.histogram.quantile(share) ?? null })),
        })),
      },
    });
  }
  return JSON.stringify({ stats });
}

/** For each share, the value of the last interval, of which nobody keeps book, and of all time. */
function summaryOf(histogram: Histogram): string {
  if (histogram.count === 0) return 'No recorded values';
  return quantiles.map((share) => `P${share * 100}(nan,${histogram.quantile(share)})`).join(' ');
}
