export { addressBytes } from './attributes/address-bytes.js';
export { decodeForwarded, encodeForwarded, forwardedHeader } from './attributes/forwarded.js';
export type { AuthnFacts } from './attributes/authn.js';
export type { ConnectionFacts } from './attributes/connection.js';
export { addRequestAttributes, type RequestFacts } from './attributes/http-check.js';
export { principalOf } from './attributes/principal.js';
export { addResponseAttributes, type ResponseFacts, type Sizes, type UpstreamFacts } from './attributes/http-report.js';
export { type BootstrapNode, type Direction, type NodeIdentity, readNodeIdentity } from './attributes/node-identity.js';
export type { TcpBytes, TcpSample } from './attributes/tcp.js';
export { CallFailure, type FailureKind } from './call-failure.js';
export type { QuotaRequirement } from './cache/quota-cache.js';
export type { HttpClientConfig, ServiceConfig, TcpClientConfig } from './client-config.js';
export type { MixerClientOptions, NetworkFailPolicy } from './client-options.js';
export { createEmbeddedTransport, type Engine } from './embedded-transport.js';
export { createGrpcTransport, type GrpcTransportOptions } from './grpc-transport.js';
export { applyHeaderChanges, type HeaderTarget } from './header-changes.js';
export type { HttpDecision, LocalReply } from './http-decision.js';
export { createHttpFilter, type HttpExchange, type HttpFilter, type HttpFilterOptions } from './http-filter.js';
export {
  type CheckOptions,
  type CheckOutcome,
  createMixerClient,
  type MixerCalls,
  type MixerClient,
} from './mixer-client.js';
export { type MeshPolicy, type PolicyChecks, type ProxyRole, resolvePolicyChecks } from './policy-checks.js';
export { httpStatusOf, statusText } from './rpc-codes.js';
export {
  type ApiKeyPlace,
  type ApiPattern,
  type ApiTagger,
  compileApiSpecs,
  type HttpApiSpec,
} from './specs/api-spec.js';
export {
  compileQuotaSpecs,
  type QuotaCharge,
  type QuotaMatcher,
  type QuotaRule,
  type QuotaSpec,
  type StringMatch,
} from './specs/quota-spec.js';
export {
  type BindingScope,
  boundSpecs,
  hostOf,
  type Named,
  type ServiceRef,
  type SpecBinding,
  type SpecRef,
} from './specs/service-ref.js';
export type { Statistics } from './statistics.js';
export { type ExpressMiddleware, expressMixer, type ExpressRequest } from './middleware/express.js';
export {
  type FastifyLike,
  fastifyMixer,
  type FastifyPlugin,
  type FastifyReplyLike,
  type FastifyRequestLike,
} from './middleware/fastify.js';
export { type HonoContext, type HonoMiddleware, honoMixer, type HonoOptions } from './middleware/hono.js';
export { connectionOf, headersOf } from './middleware/node-facts.js';
export { mixerListener } from './middleware/node-http.js';
export type { MiddlewareOptions } from './middleware/options.js';
export { createTcpFilter, type TcpExchange, type TcpFilter, type TcpFilterOptions } from './tcp-filter.js';
export { type ClientTime, systemTime } from './time.js';
export type {
  AttributeSet,
  CallLimits,
  CallStatus,
  CheckAnswer,
  CheckCall,
  Dependencies,
  Directive,
  HeaderChange,
  PreconditionAnswer,
  QuotaAnswer,
  QuotaAsk,
  ReportBuffer,
  Transport,
} from './transport.js';
export { Duration, type Reference, type StringMap, Timestamp, type Value } from '../attributes/index.js';
