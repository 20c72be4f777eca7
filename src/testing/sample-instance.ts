import {
  Duration,
  type Field,
  type Fields,
  type FieldValues,
  type InferredType,
  type Instance,
  type ScalarTypes,
  type Template,
  Timestamp,
  type Value,
  type ValueType,
} from '../sdk/index.js';

const scalars: { readonly [K in keyof ScalarTypes]: () => ScalarTypes[K] } = {
  string: () => 'text',
  int64: () => 7n,
  double: () => 1.5,
  bool: () => true,
  timestamp: () => new Timestamp(1_767_225_600, 123_456_000),
  duration: () => Duration.fromMillis(250),
  ipAddress: () => Uint8Array.of(10, 0, 0, 7),
  dnsName: () => 'reviews.default.svc.cluster.local',
  emailAddress: () => 'ann@example.com',
  uri: () => 'https://example.com/a?b=c',
  stringMap: () => new Map([['version', 'v1']]),
};

/** The entries of a sample map of dynamic values: one of each type. */
const dynamic: Readonly<Record<string, () => Value>> = {
  text: scalars.string,
  count: scalars.int64,
  ratio: scalars.double,
  flag: scalars.bool,
  time: scalars.timestamp,
  elapsed: scalars.duration,
  address: scalars.ipAddress,
  labels: scalars.stringMap,
};

/** The name of a template's sample instance: `sample.metric.default`. */
export function sampleName(template: Template): string {
  return `sample.${template.name}.default`;
}

/**
 * An instance of a template as the host builds them, every field filled in: maps of dynamic values have the entries
 * `text`, `count`, `ratio`, `flag`, `time`, `elapsed`, `address` and `labels`, maps of strings `text` alone, a dynamic
 * value is `'7'`. `values` replaces fields, or the name.
 */
export function sampleInstance<T extends Template>(
  template: T,
  values: Partial<FieldValues<T['fields']> & { readonly name: string }> = {},
): Instance<T> {
  const instance = Object.assign(bare(), { name: sampleName(template) }, sampleFields(template.fields), values);
  return instance as unknown as Instance<T>;
}

/** The types that a configuration with this instance would have, as `build` gets them. */
export function sampleTypes<T extends Template>(template: T, instance: Instance<T>): InferredType<T['fields']> {
  return typesOf(template.fields, instance) as InferredType<T['fields']>;
}

function sampleFields(fields: Fields): Record<string, unknown> {
  const values = bare();
  for (const [name, field] of Object.entries(fields)) values[name] = sampleField(field);
  return values;
}

function sampleField(field: Field): unknown {
  switch (field.kind) {
    case 'value':
      return '7';
    case 'message':
      return sampleFields(field.fields);
    case 'map': {
      const entries = Object.entries(dynamic).filter(([name]) => field.value.kind === 'value' || name === 'text');
      return Object.assign(bare(), Object.fromEntries(entries.map(([name, create]) => [name, create()])));
    }
    default:
      return scalars[field.kind]();
  }
}

const scalarTypes: { readonly [K in keyof ScalarTypes]: ValueType } = {
  string: 'STRING',
  int64: 'INT64',
  double: 'DOUBLE',
  bool: 'BOOL',
  timestamp: 'TIMESTAMP',
  duration: 'DURATION',
  ipAddress: 'IP_ADDRESS',
  dnsName: 'DNS_NAME',
  emailAddress: 'EMAIL_ADDRESS',
  uri: 'URI',
  stringMap: 'STRING_MAP',
};

function typesOf(fields: Fields, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const types = bare();
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name];
    if (field.kind === 'value') types[name] = typeOf(value);
    else if (field.kind === 'message') types[name] = typesOf(field.fields, value as Record<string, unknown>);
    else if (field.kind !== 'map') types[name] = scalarTypes[field.kind];
    else {
      const entries = bare();
      for (const [key, entry] of Object.entries(value as object)) entries[key] = typeOf(entry);
      types[name] = entries;
    }
  }
  return types;
}

function typeOf(value: unknown): ValueType {
  switch (typeof value) {
    case 'string':
      return 'STRING';
    case 'bigint':
      return 'INT64';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOL';
    case 'undefined':
      return 'VALUE_TYPE_UNSPECIFIED';
    default:
      if (value instanceof Timestamp) return 'TIMESTAMP';
      if (value instanceof Duration) return 'DURATION';
      return value instanceof Uint8Array ? 'IP_ADDRESS' : 'STRING_MAP';
  }
}

function bare(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
