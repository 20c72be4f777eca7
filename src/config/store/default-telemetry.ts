import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mergeFiles } from '../merge.js';
import { type LoadResult, parseResources } from '../parse.js';

const folder = new URL('../../../config/default-telemetry/', import.meta.url);
/** The namespace that the files are written for. */
const writtenFor = 'istio-system';

const files = {
  metrics: ['metrics.yaml', 'tcp-metrics.yaml'],
  kubernetes: ['kubernetes.yaml'],
  accesslog: ['access-log.yaml'],
} as const;

/** A part of the bundled telemetry: the standard metrics, attributes of pods, the access log. */
export type TelemetryPart = keyof typeof files;

/** All parts, in the order of their files. */
export const telemetryParts = Object.freeze(Object.keys(files) as TelemetryPart[]);

/** The parts that Mixer's own installation had switched on (adapters.md 6). */
export const usualTelemetry: readonly TelemetryPart[] = Object.freeze(['metrics', 'kubernetes']);

/**
 * Reads the bundled configuration that gives a mesh Istio's standard telemetry (adapters.md 6). Its rules apply to all
 * requests when `namespace` is the one that the runtime takes as its default.
 */
export async function loadDefaultTelemetry(parts: readonly TelemetryPart[], namespace: string): Promise<LoadResult> {
  const names = telemetryParts.filter((part) => parts.includes(part)).flatMap((part) => [...files[part]]);
  const loaded = names.map(async (name) => {
    const file = fileURLToPath(new URL(name, folder));
    // Not only the metadata: the prometheus handler names instances with their namespace.
    const text = (await readFile(file, 'utf8')).replaceAll(writtenFor, namespace);
    return parseResources(text, { file, defaultNamespace: namespace });
  });
  return mergeFiles(await Promise.all(loaded));
}
