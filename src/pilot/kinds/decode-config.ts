import { decodeSpec, type Resource } from '../../config/index.js';
import { compareDiagnostics, type Diagnostic, hasErrors, type Severity } from '../../util/diagnostics.js';
import { Timestamp } from '../../util/timestamp.js';
import type { Config, Findings, Kind } from './kind.js';
import { type KindName, kinds, type Specs } from './table.js';

/** What a resource decoded to: no configuration where there is an error among the diagnostics. */
export interface DecodedConfig<K extends KindName = KindName> {
  readonly config: Config<Specs[K]> | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Resources do not change, so that what one decodes to is remembered as long as it is held. */
const decoded = new WeakMap<Resource, DecodedConfig>();

/** The kind of a resource if it is one that Pilot reads: by name, and by group unless it says none. */
export function kindOf({ kind, apiVersion }: Resource): KindName | undefined {
  if (!Object.hasOwn(kinds, kind)) return undefined;
  const name = kind as KindName;
  return apiVersion === '' || apiVersion.split('/')[0] === kinds[name].group ? name : undefined;
}

/** Decodes and validates a resource. All of its errors are told, each with its place. */
export function decodeConfig(resource: Resource, kind: KindName): DecodedConfig {
  const known = decoded.get(resource);
  if (known !== undefined) return known;
  const made = decode(resource, kinds[kind] as Kind<Specs[KindName]>);
  decoded.set(resource, made);
  return made;
}

function decode<K extends KindName>(resource: Resource, kind: Kind<Specs[K]>): DecodedConfig<K> {
  const { value: spec, diagnostics: found } = decodeSpec(resource, kind.schema);
  const diagnostics: Diagnostic[] = found.map((one) => ({ ...one, path: describe(resource, one.path ?? 'spec') }));
  const broken = found.map(({ path = 'spec' }) => path);
  const collector = new Collector(resource, (path) => broken.some((one) => path === one || isBelow(path, one)));
  checkVersion(resource, kind, collector);
  const createdAt = readTime(resource, collector);
  checkAnnotations(resource, kind, collector);
  kind.validate(spec, collector);
  diagnostics.push(...collector.diagnostics);
  diagnostics.sort(compareDiagnostics);
  if (hasErrors(diagnostics)) return Object.freeze({ config: undefined, diagnostics });
  const { name, namespace, labels, annotations } = resource;
  const config = { kind: kind.kind, name, namespace, labels, annotations, createdAt, spec, resource };
  return Object.freeze({ config: Object.freeze(config), diagnostics });
}

/** Makes a diagnostic about a resource, at the place of a path such as `spec.http[0]` or `metadata.name`. */
export function diagnose(
  resource: Resource,
  at: string,
  what: { readonly severity: Severity; readonly code: string; readonly message: string },
): Diagnostic {
  const { severity, code, message } = what;
  const { file, line, column } = resource.position(at);
  return { severity, code, message, path: describe(resource, at), file, line, column };
}

function checkVersion({ apiVersion }: Resource, kind: Omit<Kind<never>, 'schema'>, collector: Collector): void {
  const version = apiVersion.split('/')[1] ?? '';
  if (apiVersion === '' || kind.versions.includes(version)) return;
  collector.report(
    'apiVersion',
    'FIELD_VALUE',
    `must be ${kind.group}/${kind.versions.join(' or ')}, not "${apiVersion}"`,
  );
}

function checkAnnotations(
  { annotations }: Resource,
  { annotations: checks }: Omit<Kind<never>, 'schema'>,
  collector: Collector,
): void {
  for (const [name, check] of checks ?? []) {
    const text = annotations.get(name);
    const message = text === undefined ? undefined : check(text);
    if (message !== undefined) collector.report('metadata.annotations', 'FIELD_VALUE', `${name} ${message}`);
  }
}

function readTime({ creationTimestamp }: Resource, collector: Collector): number {
  if (creationTimestamp === '') return 0;
  const time = Timestamp.parse(creationTimestamp);
  if (time !== undefined) return time.toMillis();
  collector.report('metadata.creationTimestamp', 'FIELD_VALUE', `"${creationTimestamp}" is not a time`);
  return 0;
}

/** Turns findings into diagnostics, but for those about what did not even decode. */
class Collector implements Findings {
  readonly diagnostics: Diagnostic[] = [];

  constructor(
    private readonly resource: Resource,
    private readonly isBroken: (path: string) => boolean,
  ) {}

  value(path: string, message: string): void {
    this.report(inSpec(path), 'FIELD_VALUE', message);
  }

  invalid(path: string, message: string): void {
    this.report(inSpec(path), 'CONFIG_INVALID', message);
  }

  warn(path: string, message: string): void {
    const what = { severity: 'warning', code: 'CONFIG_INVALID', message } as const;
    if (!this.isBroken(inSpec(path))) this.diagnostics.push(diagnose(this.resource, inSpec(path), what));
  }

  report(path: string, code: 'FIELD_VALUE' | 'CONFIG_INVALID', message: string): void {
    if (this.isBroken(path)) return;
    this.diagnostics.push(diagnose(this.resource, path, { severity: 'error', code, message }));
  }
}

function inSpec(path: string): string {
  return path === '' || path.startsWith('[') ? `spec${path}` : `spec.${path}`;
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && (path[above.length] === '.' || path[above.length] === '[');
}

function describe({ kind, name, namespace }: Resource, path: string): string {
  const where = path.replace(/^spec\.?/, '');
  return `${kind} '${name}.${namespace}'${where === '' ? '' : ` ${where}`}`;
}
