import { stringify, type Value } from 'fairlead/sdk';
import type { Metadata } from './metadata.js';
import { cleanText } from './text.js';

/** What is measured or logged about, as the APIs have it. */
export interface MonitoredResource {
  readonly type: string;
  readonly labels: Labels;
}

/** Labels by name; without a prototype, for a label may be called `__proto__`. */
export type Labels = Readonly<Record<string, string>>;

/** Dynamic values of an instance. */
export type Values = Readonly<Record<string, Value | undefined>>;

/** Names and texts, sorted by name. */
export type LabelPairs = readonly (readonly [name: string, text: string])[];

const maxLabelLength = 1024;
const filled: ReadonlyMap<string, keyof Metadata> = new Map([
  ['project_id', 'projectId'],
  ['location', 'location'],
  ['zone', 'location'],
  ['cluster_name', 'clusterName'],
]);

/** The texts of dynamic values, as labels may be: Cloud Monitoring takes 1024 characters. */
export function labelPairs(values: Values): LabelPairs {
  return Object.keys(values)
    .sort()
    .map((name) => [name, cleanText(stringify(values[name]), maxLabelLength)]);
}

/** Labels of pairs. */
export function toLabels(pairs: LabelPairs): Labels {
  const labels = Object.create(null) as Record<string, string>;
  for (const [name, text] of pairs) labels[name] = text;
  return labels;
}

/** The resource of an instance: its own, with what the machine knows in place of empty labels, or the whole project. */
export function resourceOf(type: string, pairs: LabelPairs, metadata: Metadata): MonitoredResource {
  if (type === '') return { type: 'global', labels: toLabels([['project_id', metadata.projectId]]) };
  const labels = toLabels(pairs) as Record<string, string>;
  for (const [name, text] of pairs) {
    const field = filled.get(name);
    if (text === '' && field !== undefined) labels[name] = metadata[field];
  }
  return { type, labels };
}
