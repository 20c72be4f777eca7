import { Bag, EvalError, type Value, Vocabulary } from '../../src/attributes/index.js';
import { FieldError } from '../../src/expr/index.js';
import type { HandlerEntry } from '../../src/runtime/handlers/entry.js';
import { createHost, type Host } from '../../src/runtime/host/host.js';
import type {
  Destination,
  Evaluate,
  HeaderGroup,
  HeaderTemplate,
  InstanceBuilder,
  NamespaceRoutes,
  OutputBindings,
  Phase,
  RoutingTable,
  Step,
} from '../../src/runtime/routing/table.js';
import {
  type Adapter,
  type CallContext,
  defineTemplate,
  f,
  type Handler,
  type HeaderOperationKind,
  type Template,
} from '../../src/sdk/index.js';
import { ManualTime } from './manual-time.js';
import { MemoryLog } from './memory-log.js';

export interface TestHost {
  readonly host: Host;
  readonly time: ManualTime;
  readonly log: MemoryLog;
}

/** A host whose time stands still and whose log is kept. */
export function createTestHost(adapterTimeoutMs = 1000): TestHost {
  const time = new ManualTime();
  const log = new MemoryLog();
  const host = createHost({ log, timers: time, clock: time.clock, monotonic: time.monotonic, adapterTimeoutMs });
  return { host, time, log };
}

export const checkTemplate = defineTemplate({
  name: 'listentry',
  variety: 'CHECK',
  displayName: 'ListEntry',
  fields: { value: f.value },
});
export const outputTemplate = defineTemplate({
  name: 'lookup',
  variety: 'CHECK_WITH_OUTPUT',
  displayName: 'Lookup',
  fields: {},
  output: { user: f.string },
});
export const quotaTemplate = defineTemplate({
  name: 'quota',
  variety: 'QUOTA',
  displayName: 'Quota',
  fields: { dimensions: f.values },
});
export const reportTemplate = defineTemplate({
  name: 'metric',
  variety: 'REPORT',
  displayName: 'Metric',
  fields: { value: f.value },
});
export const generatorTemplate = defineTemplate({
  name: 'kubernetes',
  variety: 'ATTRIBUTE_GENERATOR',
  displayName: 'Kubernetes',
  fields: {},
  output: { pod: f.string, ip: f.ipAddress, labels: f.stringMap, replicas: f.int64 },
});

export const vocabulary = new Vocabulary();
const define = (name: string, type: Parameters<Vocabulary['define']>[1]): number => vocabulary.define(name, type);
/** Slots of the attributes that the tests use. */
export const slots = {
  kind: define('context.reporter.kind', 'STRING'),
  sourceNamespace: define('source.namespace', 'STRING'),
  destinationNamespace: define('destination.namespace', 'STRING'),
  path: define('request.path', 'STRING'),
  user: define('source.user', 'STRING'),
  pod: define('source.pod', 'STRING'),
  ip: define('source.ip', 'IP_ADDRESS'),
  outPod: define('kubernetes.output.pod', 'STRING'),
  outIp: define('kubernetes.output.ip', 'IP_ADDRESS'),
  lookedUp: define('x.output.user', 'STRING'),
} as const;

export function bagOf(values: Readonly<Record<string, Value>> = {}): Bag {
  return Bag.fromValues(vocabulary, Object.entries(values));
}

/** An expression that reads a text attribute; LOOKUP_FAILED when it is not there. */
export function read(slot: number): Evaluate {
  return (bag) => {
    const value = bag.string(slot);
    return value ?? new EvalError('LOOKUP_FAILED', `lookup failed: '${vocabulary.nameOf(slot)}'`, 'x');
  };
}

export const constant =
  (value: Value): Evaluate =>
  () =>
    value;

/** A condition `request.path == text`. */
export function pathIs(text: string): Evaluate {
  const path = read(slots.path);
  return (bag) => {
    const value = path(bag);
    return value instanceof EvalError ? value : value === text;
  };
}

/** An instance with one field `value`; a failing expression makes the build fail. */
export function instance(name: string, value: Evaluate = constant('v'), bindings?: OutputBindings): InstanceBuilder {
  return {
    name,
    quotaName: (name.split('.')[0] ?? '').toLowerCase(),
    build: (bag) => {
      const result = value(bag);
      return result instanceof EvalError ? new FieldError('Value', result) : { name, value: result };
    },
    bindings,
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests answer nonsense on purpose
type LooseMethod = (...values: any[]) => unknown;

/** A handler of whatever methods a test wants. */
export function handler(name: string, methods: Readonly<Record<string, LooseMethod>>): HandlerEntry {
  const adapter = { name: 'fake', templates: [] } as unknown as Adapter;
  return { name, adapter, handler: methods as unknown as Handler };
}

export interface StepSpec {
  readonly handler: HandlerEntry;
  readonly template: Template;
  readonly rule?: string;
  readonly when?: Evaluate;
  readonly instances?: readonly InstanceBuilder[];
  readonly outputs?: Step['outputs'];
}

export interface HeaderSpec {
  readonly when?: Evaluate;
  readonly request?: readonly HeaderTemplate[];
  readonly response?: readonly HeaderTemplate[];
}

export interface RoutesSpec {
  readonly steps: readonly StepSpec[];
  readonly headers?: readonly HeaderSpec[];
}

export function header(name: string, operation: HeaderOperationKind, ...values: readonly Evaluate[]): HeaderTemplate {
  return { name, operation, values };
}

/** A routing table; steps keep the order in which they are given. */
export function tableOf(fallback: RoutesSpec, namespaces: Readonly<Record<string, RoutesSpec>> = {}): RoutingTable {
  const destinations: Destination[] = [];
  const build = (spec: RoutesSpec): NamespaceRoutes => routesOf(spec, destinations);
  return {
    vocabulary,
    selectors: {
      reporterKind: slots.kind,
      sourceNamespace: slots.sourceNamespace,
      destinationNamespace: slots.destinationNamespace,
    },
    namespaces: new Map(Object.entries(namespaces).map(([name, spec]) => [name, build(spec)])),
    fallback: build(fallback),
    destinations,
  };
}

function routesOf(spec: RoutesSpec, destinations: Destination[]): NamespaceRoutes {
  const steps: Record<Phase, Step[]> = { CHECK: [], QUOTA: [], REPORT: [], ATTRIBUTE_GENERATOR: [] };
  spec.steps.forEach((one, at) => {
    const { variety } = one.template;
    steps[variety === 'CHECK_WITH_OUTPUT' ? 'CHECK' : variety].push({
      destination: destinationOf(one, destinations),
      rule: one.rule ?? `rule${at}.default`,
      condition: one.when === undefined ? undefined : { source: `condition ${at}`, evaluate: one.when },
      builders: one.instances ?? [instance(`i${at}.${one.template.name}.default`)],
      outputs: one.outputs,
    });
  });
  const headers = (spec.headers ?? []).map(({ when, request = [], response = [] }, at): HeaderGroup => ({
    rule: `headers${at}.default`,
    condition: when === undefined ? undefined : { source: `header ${at}`, evaluate: when },
    request,
    response,
  }));
  return { steps, headers };
}

function destinationOf({ handler: entry, template }: StepSpec, destinations: Destination[]): Destination {
  const known = destinations.find((one) => one.handler === entry && one.template === template);
  if (known !== undefined) return known;
  const created = { index: destinations.length, handler: entry, template };
  destinations.push(created);
  return created;
}

/** Notes a value in a list and gives back the answer: for adapters that tell what they were called with. */
export function noting<V, T>(list: V[], value: V, answer: T): T {
  list.push(value);
  return answer;
}

/** A destination on its own, for tests of a single call. */
export function destination(methods: Readonly<Record<string, LooseMethod>>, template: Template): Destination {
  return { index: 0, handler: handler('h.default', methods), template };
}

export type { CallContext };
