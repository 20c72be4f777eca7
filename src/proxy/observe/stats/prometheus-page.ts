import type { Histogram } from './histogram.js';
import type { StatKind, StatSnapshot, StatValue } from './stats.js';

/** What Envoy calls the label that a name becomes. */
const labelNames: Readonly<Record<StatKind, string>> = {
  http: 'envoy_http_conn_manager_prefix',
  cluster: 'envoy_cluster_name',
  listener: 'envoy_listener_address',
  tcp: 'envoy_tcp_prefix',
  server: 'envoy_server',
  http_mixer_filter: 'envoy_mixer_prefix',
  tcp_mixer_filter: 'envoy_mixer_prefix',
};

/** Envoy's own, in milliseconds. */
const bounds = [
  ...[0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000],
  3_600_000,
];

interface Family {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: string[];
}

/** The text format of Prometheus, with the names and labels that Envoy gives its statistics. */
export function formatPrometheus({ values, histograms }: StatSnapshot): string {
  const families = new Map<string, Family>();
  for (const stat of values) {
    const { family, labels } = placeOf(stat);
    samplesOf(families, family, stat.type).push(`${family}${braced(labels)} ${stat.value}\n`);
  }
  for (const stat of histograms) {
    const { family, labels } = placeOf(stat);
    writeHistogram(samplesOf(families, family, 'histogram'), { family, labels }, stat.histogram);
  }
  let page = '';
  for (const name of [...families.keys()].sort()) {
    const { type, samples } = families.get(name)!;
    page += `# TYPE ${name} ${type}\n${samples.join('')}`;
  }
  return page;
}

interface Place {
  readonly family: string;
  readonly labels: readonly string[];
}

/** `_5xx` and `_503` at the end become labels. */
function placeOf({ kind, name, leaf }: Pick<StatValue, 'kind' | 'name' | 'leaf'>): Place {
  const labels: string[] = [];
  const match = response.exec(leaf);
  let base = leaf;
  if (match !== null) {
    const [, head = '', digit, code] = match;
    base = digit === undefined ? head : `${head}_xx`;
    labels.push(digit === undefined ? label('envoy_response_code', code!) : label('envoy_response_code_class', digit));
  }
  if (name !== '') labels.push(label(labelNames[kind], name));
  return { family: `envoy_${kind}_${base.replaceAll(/[^A-Za-z0-9_]/g, '_')}`, labels };
}

function samplesOf(families: Map<string, Family>, name: string, type: Family['type']): string[] {
  let family = families.get(name);
  if (family === undefined) families.set(name, (family = { type, samples: [] }));
  return family.samples;
}

function writeHistogram(samples: string[], { family, labels }: Place, histogram: Histogram): void {
  for (const bound of bounds) {
    samples.push(`${family}_bucket${braced([...labels, label('le', String(bound))])} ${histogram.countUpTo(bound)}\n`);
  }
  samples.push(
    `${family}_bucket${braced([...labels, label('le', '+Inf')])} ${histogram.count}\n`,
    `${family}_sum${braced(labels)} ${histogram.sum}\n`,
    `${family}_count${braced(labels)} ${histogram.count}\n`,
  );
}

function label(name: string, value: string): string {
  return `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function braced(labels: readonly string[]): string {
  return labels.length === 0 ? '' : `{${labels.join(',')}}`;
}

const response = /^(.*)_(?:([1-5])xx|([1-5]\d\d))$/;
