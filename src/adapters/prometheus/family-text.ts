import type { ExpositionFormat } from 'fairlead/sdk';

import type { Definition } from './definition.js';
import { bucketSuffixes, faceOf, formatExemplar, formatSample, LabelWriter, writeHeader } from './exposition.js';
import type { Family } from './family.js';
import type { Series } from './series.js';

// Characters, which take about a millisecond to write. Smaller ones make a scrape wait longer on a busy server.
const pieceLength = 1 << 18;

/**
 * The text of all series of a metric, in pieces; nothing when there are none, as Go's client does. All lines of one series
 * are of one moment; other series may go on counting between two pieces. `names` are those of all metrics.
 */
export function* writeFamily(
  family: Family,
  format: ExpositionFormat,
  names: ReadonlySet<string>,
): Generator<string, void> {
  const { definition, labelSets } = family;
  const face = faceOf(definition, format, names);
  const lines = [writeHeader(face, definition.help, format)];
  const labels = new LabelWriter(labelSets.names);
  const write = seriesWriter(definition, format === 'openmetrics' && face.type !== 'unknown');
  let length = 0;
  let isEmpty = true;
  for (const [set, series] of family.series()) {
    isEmpty = false;
    const text = write(labels.write(set.values), series);
    lines.push(text);
    length += text.length;
    if (length < pieceLength) continue;
    yield lines.join('');
    lines.length = 0;
    length = 0;
  }
  if (!isEmpty && lines.length > 0) yield lines.join('');
}

type SeriesWriter = (labels: string, series: Series) => string;

function seriesWriter({ kind, fullName, bounds }: Definition, withExemplars: boolean): SeriesWriter {
  const exemplarOf = (series: Series, bucket: number): string => {
    const exemplar = withExemplars ? series.exemplars?.[bucket] : undefined;
    return exemplar === undefined ? '' : formatExemplar(exemplar);
  };
  if (kind !== 'DISTRIBUTION') {
    return (labels, series) => formatSample(fullName, labels, series.value, exemplarOf(series, 0));
  }
  const suffixes = bucketSuffixes(bounds);
  return (labels, series) => {
    const start = labels === '' ? `${fullName}_bucket{` : `${fullName}_bucket{${labels},`;
    let text = '';
    let total = 0;
    for (const [index, suffix] of suffixes.entries()) {
      total += series.counts![index]!;
      text += `${start}${suffix}${total}${exemplarOf(series, index)}\n`;
    }
    const sum = formatSample(`${fullName}_sum`, labels, series.value);
    return text + sum + formatSample(`${fullName}_count`, labels, total);
  };
}
