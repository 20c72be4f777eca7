import type { Duration } from './duration.js';

declare const decoded: unique symbol;

/** Carries the decoded type of a schema for {@link Infer}; no value ever has this property. */
interface Typed<out T> {
  readonly [decoded]?: T;
  /** One sentence for operators; ends up in the reference documentation. */
  readonly doc?: string | undefined;
}

interface ScalarSchema<Kind extends string, T> extends Typed<T> {
  readonly kind: Kind;
  readonly default: T;
}

export interface EnumSchema<T extends string = string> extends Typed<T> {
  readonly kind: 'enum';
  /** Value names by number, as in the proto definition; users may write either. */
  readonly names: Readonly<Record<number, T>>;
  readonly default: T;
}

export interface ListSchema<T = unknown> extends Typed<readonly T[]> {
  readonly kind: 'list';
  readonly item: Schema;
}

export interface MapSchema<T = unknown> extends Typed<ReadonlyMap<string, T>> {
  readonly kind: 'map';
  readonly value: Schema;
  /** What a user gets who does not mention the field; a mentioned map replaces it whole (adapters.md 0.2). */
  readonly default: ReadonlyMap<string, T>;
}

export interface MessageSchema<T = unknown> extends Typed<T> {
  readonly kind: 'message';
  /** By lowerCamel name; YAML may also use the snake_case form. */
  readonly fields: Readonly<Record<string, Schema>>;
  /** Names of fields of which at most one may be given. */
  readonly oneofs: readonly (readonly string[])[];
}

/** A field whose absence is told apart from its default: undefined when not mentioned. */
export interface OptionalSchema<T = unknown> extends Typed<T | undefined> {
  readonly kind: 'optional';
  readonly schema: Schema;
}

/** Any JSON value: kept as plain data, maps as ReadonlyMap, integers as bigint, other numbers as number. */
export interface AnySchema extends Typed<unknown> {
  readonly kind: 'any';
}

/** What a piece of configuration must look like. Built with {@link s}; decoded by the host, never by an adapter. */
export type Schema =
  | ScalarSchema<'string', string>
  | ScalarSchema<'bool', boolean>
  | ScalarSchema<'int32', number>
  | ScalarSchema<'int64', bigint>
  | ScalarSchema<'double', number>
  | ScalarSchema<'duration', Duration | undefined>
  | EnumSchema
  | ListSchema
  | MapSchema
  | MessageSchema
  | OptionalSchema
  | AnySchema;

/** The TypeScript type that a schema decodes to. */
export type Infer<S> = S extends Typed<infer T> ? T : never;

type Fields = Readonly<Record<string, Schema>>;
type InferFields<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };

/**
 * Builders of configuration schemas. Decoding follows proto3 JSON as Mixer reads it (adapters.md 0.2): camel and snake
 * case, enums by name or number, 64-bit integers as number or text, Go durations, unknown fields refused.
 */
export const s = {
  string: (fallback = '', doc?: string): ScalarSchema<'string', string> => ({
    kind: 'string',
    default: fallback,
    doc,
  }),
  bool: (fallback = false, doc?: string): ScalarSchema<'bool', boolean> => ({ kind: 'bool', default: fallback, doc }),
  int32: (fallback = 0, doc?: string): ScalarSchema<'int32', number> => ({ kind: 'int32', default: fallback, doc }),
  int64: (fallback = 0n, doc?: string): ScalarSchema<'int64', bigint> => ({ kind: 'int64', default: fallback, doc }),
  double: (fallback = 0, doc?: string): ScalarSchema<'double', number> => ({ kind: 'double', default: fallback, doc }),
  duration: (fallback: Duration, doc?: string): ScalarSchema<'duration', Duration> => ({
    kind: 'duration',
    default: fallback,
    doc,
  }),
  enum: <const T extends string>(
    names: Readonly<Record<number, T>>,
    fallback: NoInfer<T>,
    doc?: string,
  ): EnumSchema<T> => ({ kind: 'enum', names, default: fallback, doc }),
  list: <S extends Schema>(item: S, doc?: string): ListSchema<Infer<S>> => ({ kind: 'list', item, doc }),
  map: <S extends Schema>(
    value: S,
    fallback: ReadonlyMap<string, Infer<S>> = new Map(),
    doc?: string,
  ): MapSchema<Infer<S>> => ({ kind: 'map', value, default: fallback, doc }),
  message: <F extends Fields>(
    fields: F,
    options: { readonly oneofs?: readonly (readonly (keyof F & string)[])[]; readonly doc?: string } = {},
  ): MessageSchema<InferFields<F>> => ({ kind: 'message', fields, oneofs: options.oneofs ?? [], doc: options.doc }),
  optional: <S extends Schema>(schema: S, doc?: string): OptionalSchema<Infer<S>> => ({
    kind: 'optional',
    schema,
    doc,
  }),
  any: (doc?: string): AnySchema => ({ kind: 'any', doc }),
} as const;
