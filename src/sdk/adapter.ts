import type { Infer, MessageSchema } from '../util/schema.js';
import type { CallContext, Env } from './env.js';
import type { CheckResult, CheckResultWithOutput, QuotaArgs, QuotaResult } from './results.js';
import type { InferredType, Instance, OutputValues, Template } from './template.js';

/** Version of this contract. An adapter names the one it was written for; the host refuses others by name. */
export const apiVersion = 1;

type Awaitable<T> = T | Promise<T>;

/** The method that serves a template: `handleMetric`, or `generateKubernetesAttributes` for a generator. */
export type MethodName<T extends Template> = T['variety'] extends 'ATTRIBUTE_GENERATOR'
  ? `generate${T['displayName']}Attributes`
  : `handle${T['displayName']}`;

type Method<T extends Template> = T['variety'] extends 'REPORT'
  ? (instances: readonly Instance<T>[], call: CallContext) => Awaitable<void>
  : T['variety'] extends 'QUOTA'
    ? (instance: Instance<T>, args: QuotaArgs, call: CallContext) => Awaitable<QuotaResult>
    : T['variety'] extends 'ATTRIBUTE_GENERATOR'
      ? (instance: Instance<T>, call: CallContext) => Awaitable<OutputValues<T['output']>>
      : T['variety'] extends 'CHECK_WITH_OUTPUT'
        ? (instance: Instance<T>, call: CallContext) => Awaitable<CheckResultWithOutput<OutputValues<T['output']>>>
        : (instance: Instance<T>, call: CallContext) => Awaitable<CheckResult>;

/**
 * A built adapter: one method per declared template, and `close`. Methods may answer at once or later; whatever they
 * throw or reject with is contained by the host, counted, logged with the handler's name and answered as INTERNAL.
 */
export type Handler<T extends Template = Template> = Methods<T> & {
  /** Called once, after the last call has ended. Must leave no timer, socket or file behind. */
  close?(): Awaitable<void>;
};

type Methods<T extends Template> = Both<T extends Template ? Readonly<Record<MethodName<T>, Method<T>>> : never>;

/** Turns a union of method sets into one object that has them all. */
type Both<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer A) => void ? A : never;

/**
 * Adds a finding about the configuration. `path` is like `overrides[1].maxAmount`; empty means the whole. An error (when
 * left out) refuses the configuration, a warning only tells.
 */
export type ReportProblem = (path: string, message: string, severity?: 'error' | 'warning') => void;

/** Types of the instances that reach a handler: template name → instance name → inferred types. */
export type InstanceTypes<T extends Template = Template> = {
  readonly [K in T as K['name']]: ReadonlyMap<string, InferredType<K['fields']>>;
};

/** Resource kinds that an adapter reads from the configuration store besides its handlers: a schema by kind. */
export type OwnKinds = Readonly<Record<string, MessageSchema>>;

/** A resource of an adapter's own kind. The spec is decoded, defaulted and frozen. */
export interface OwnResource<Spec = unknown> {
  readonly name: string;
  readonly namespace: string;
  readonly spec: Spec;
}

/** All resources of an adapter's own kinds, by kind; each list by namespace, then name. None is an empty list. */
export type OwnResources<K extends OwnKinds = OwnKinds> = {
  readonly [Kind in keyof K]: readonly OwnResource<Infer<K[Kind]>>[];
};

/**
 * Adds a finding about a resource of an own kind, which must be one of those handed in. `path` is below its spec, like
 * `roleRef.name`; empty means the whole. An error (when left out) leaves the resource out, a warning only tells.
 */
export type ReportResourceProblem = (
  resource: OwnResource,
  path: string,
  message: string,
  severity?: 'error' | 'warning',
) => void;

/** What `build` receives. The configuration is decoded, defaulted, valid and frozen. */
export interface BuildInput<C, T extends Template = Template> {
  /** The handler's name, as logs and status messages have it: `h.default`. The same for all builds of one handler. */
  readonly name: string;
  readonly config: C;
  readonly types: InstanceTypes<T>;
  readonly env: Env;
  /**
   * The resources of the adapter's own kinds: those that decoded and that `validateResources` found no errors in. A
   * host always gives them; an adapter without kinds may be built without.
   */
  readonly resources?: OwnResources;
}

/** An adapter, as its package's default export gives it (house.md 5.6). */
export interface Adapter<C = unknown, T extends Template = Template> {
  /** As in `compiledAdapter`, and as the legacy kind. */
  readonly name: string;
  readonly apiVersion: typeof apiVersion;
  /** One sentence for operators. */
  readonly description: string;
  readonly templates: readonly T[];
  readonly config: MessageSchema<C>;
  /**
   * Kinds of its own, as in `kind:`; none when left out. Kinds of the host, of adapters and of templates cannot be
   * taken; of two adapters that name one kind the first gets its resources. The host decodes them and keeps last good
   * versions, as of everything else; an `apiVersion` is not looked at. A change of any of the resources builds the
   * adapter's handlers anew.
   */
  readonly kinds?: OwnKinds;
  /** Finds what the schema cannot: ranges, combinations. Must not touch the outside world and must not throw. */
  validate?(config: C, report: ReportProblem): void;
  /**
   * Finds where the configuration does not fit the instances that rules send to the handler. It only tells: what cannot
   * work must make `build` throw as well. Same rules as for `validate`.
   */
  validateTypes?(config: C, types: InstanceTypes<T>, report: ReportProblem): void;
  /**
   * Finds what schemas cannot about the resources of its own kinds: what refers to nothing, what contradicts. Called
   * once per configuration, whether or not there is a handler. Same rules as for `validate`.
   */
  validateResources?(resources: OwnResources, report: ReportResourceProblem): void;
  /** Makes a handler. May fail: the host reports it, leaves the handler out and tries again with back-off. */
  build(input: BuildInput<C, T>): Awaitable<Handler<T>>;
}

/** Declares an adapter; infers the types of `build` and of the handler from the templates and the schemas. */
export function defineAdapter<
  S extends MessageSchema,
  const T extends Template,
  const K extends OwnKinds = OwnKinds,
>(adapter: {
  readonly name: string;
  readonly description: string;
  readonly templates: readonly T[];
  readonly config: S;
  readonly kinds?: K;
  validate?(config: Infer<S>, report: ReportProblem): void;
  validateTypes?(config: Infer<S>, types: InstanceTypes<T>, report: ReportProblem): void;
  validateResources?(resources: OwnResources<K>, report: ReportResourceProblem): void;
  build(input: BuildInput<Infer<S>, T> & { readonly resources: OwnResources<K> }): Awaitable<Handler<T>>;
}): Adapter<Infer<S>, T> {
  return Object.freeze({ apiVersion, ...adapter }) as unknown as Adapter<Infer<S>, T>;
}
