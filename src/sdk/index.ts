export {
  type Adapter,
  apiVersion,
  type BuildInput,
  defineAdapter,
  type Handler,
  type InstanceTypes,
  type MethodName,
  type OwnKinds,
  type OwnResource,
  type OwnResources,
  type ReportProblem,
  type ReportResourceProblem,
} from './adapter.js';
export type {
  CallContext,
  Cancel,
  Clock,
  Env,
  Exposed,
  ExpositionFormat,
  Log,
  Metrics,
  MetricsSource,
  Scheduler,
} from './env.js';
export {
  type CheckResult,
  type CheckResultWithOutput,
  type DirectHttpResponse,
  type HeaderOperation,
  type HeaderOperationKind,
  type QuotaArgs,
  type QuotaResult,
  rpcCode,
  type RouteDirective,
  type Status,
} from './results.js';
export { formatIp, parseIp, toIpv6 } from './ip.js';
export { formatDouble, formatTimestamp, stringEquals, stringify } from './stringify.js';
export {
  defineTemplate,
  f,
  type Field,
  type Fields,
  type FieldValues,
  type InferredType,
  type Instance,
  type OutputValues,
  type ScalarTypes,
  type Template,
  type Variety,
} from './template.js';
export { Duration, type StringMap, Timestamp, type Value, type ValueType } from '../attributes/index.js';
export { type Infer, s, type Schema } from '../util/schema.js';
