import type { Duration, StringMap, Timestamp, Value, ValueType } from '../attributes/index.js';

/** What a template is for, and thereby how its handlers are called (mixer-core.md 4.1). */
export type Variety = 'CHECK' | 'CHECK_WITH_OUTPUT' | 'QUOTA' | 'REPORT' | 'ATTRIBUTE_GENERATOR';

/** The scalar types a template field can have; `value` accepts an expression of any type and keeps it dynamic. */
export interface ScalarTypes {
  string: string;
  int64: bigint;
  double: number;
  bool: boolean;
  timestamp: Timestamp;
  duration: Duration;
  ipAddress: Uint8Array;
  dnsName: string;
  emailAddress: string;
  uri: string;
  stringMap: StringMap;
}

/** A field of a template. `name` in YAML is the key in lowerCamel or snake_case. */
export type Field =
  | { readonly kind: keyof ScalarTypes }
  | { readonly kind: 'value' }
  | { readonly kind: 'map'; readonly value: { readonly kind: 'value' } | { readonly kind: 'string' } }
  | { readonly kind: 'message'; readonly fields: Fields };

/** Fields by lowerCamel name, in declaration order: they are evaluated in that order. */
export type Fields = Readonly<Record<string, Field>>;

type FieldValue<F extends Field> = F extends { kind: 'message'; fields: infer M extends Fields }
  ? FieldValues<M>
  : F extends { kind: 'map'; value: { kind: infer V } }
    ? Readonly<Record<string, V extends 'string' ? string : Value>>
    : F extends { kind: infer K extends keyof ScalarTypes }
      ? ScalarTypes[K] | undefined
      : Value | undefined;

/** What the fields hold at run time. A field without an expression is undefined; an empty map has no keys. */
export type FieldValues<F extends Fields> = { readonly [K in keyof F]: FieldValue<F[K]> };

/** Output fields of a generator or a check with output; what an adapter leaves out counts as absent. */
export type OutputValues<F extends Fields> = {
  readonly [K in keyof F]?:
    (F[K] extends { kind: infer S extends keyof ScalarTypes } ? ScalarTypes[S] : never) | undefined;
};

/** A template: the shape of the instances that rules build from attributes and adapters receive. */
export interface Template<
  Name extends string = string,
  V extends Variety = Variety,
  F extends Fields = Fields,
  O extends Fields = Fields,
  H extends string = string,
> {
  /** Lower case, as in `compiledTemplate` and as the legacy kind. */
  readonly name: Name;
  readonly variety: V;
  /** The name in method names: `Metric` gives `handleMetric`; a generator's `Kubernetes` `generateKubernetesAttributes`. */
  readonly displayName: H;
  readonly fields: F;
  /**
   * Only for ATTRIBUTE_GENERATOR and CHECK_WITH_OUTPUT. Keys are lowerCamel, as adapters fill them in; attributes are
   * snake_case, so the host turns `sourcePodIp` into `source_pod_ip` (each capital into `_` and its small letter) when
   * it makes the attribute's name, and that is how expressions spell it: `$out.source_pod_ip`.
   */
  readonly output: O;
  /** Prefix of the output attributes, for example `adapter_template_kubernetes.output.` (mixer-core.md 2.2). */
  readonly outputPrefix: string;
}

/**
 * What an adapter receives: the fields, and the qualified instance name as `name`. Instances are read-only; maps are
 * objects without a prototype, so that a dimension named `__proto__` or `constructor` is just a dimension.
 */
export type Instance<T extends Template> = { readonly name: string } & FieldValues<T['fields']>;

/** The inferred types of an instance's dynamic fields: a ValueType per `value` field, a record of them per map. */
export type InferredType<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends { kind: 'message'; fields: infer M extends Fields }
    ? InferredType<M>
    : F[K] extends { kind: 'map' }
      ? Readonly<Record<string, ValueType>>
      : ValueType;
};

/** Builders of template fields. */
export const f = {
  string: { kind: 'string' },
  int64: { kind: 'int64' },
  double: { kind: 'double' },
  bool: { kind: 'bool' },
  timestamp: { kind: 'timestamp' },
  duration: { kind: 'duration' },
  ipAddress: { kind: 'ipAddress' },
  dnsName: { kind: 'dnsName' },
  emailAddress: { kind: 'emailAddress' },
  uri: { kind: 'uri' },
  stringMap: { kind: 'stringMap' },
  value: { kind: 'value' },
  values: { kind: 'map', value: { kind: 'value' } },
  strings: { kind: 'map', value: { kind: 'string' } },
  message: <const F extends Fields>(fields: F): { readonly kind: 'message'; readonly fields: F } => ({
    kind: 'message',
    fields,
  }),
} as const;

/** Declares a template. Frozen: templates are shared by all snapshots. */
export function defineTemplate<
  const Name extends string,
  const V extends Variety,
  const F extends Fields,
  const H extends string,
  const O extends Fields = Readonly<Record<string, never>>,
>(template: {
  readonly name: Name;
  readonly variety: V;
  readonly displayName: H;
  readonly fields: F;
  readonly output?: O;
  readonly outputPrefix?: string;
}): Template<Name, V, F, O, H> {
  return Object.freeze({
    ...template,
    output: template.output ?? ({} as O),
    outputPrefix: template.outputPrefix ?? `${template.name}.output.`,
  });
}
