export {
  analyseMesh,
  type AnalysedMesh,
  type AnalysisSource,
  describeService,
  describeWorkload,
  type Finding,
  findingJson,
  findServices,
  findWorkloads,
  formatFinding,
  isInSubset,
  readMesh,
  type ServiceDescription,
  type Workload,
  type WorkloadDescription,
} from './analysis/index.js';
export {
  buildFairleadSnapshot,
  type BuildOptions,
  buildProxyConfig,
  type Certificates,
  type FairleadBuildOptions,
  fairleadFlavour,
  optionsOfNode,
  toFairleadSnapshot,
} from './build/fairlead/index.js';
export { buildGrpcSnapshot, type GrpcBuildOptions, type GrpcSnapshot } from './build/grpc/index.js';
export { decodeConfig, kindOf } from './kinds/decode-config.js';
export type { ServerTls } from './kinds/gateway.js';
export type {
  CorsPolicy,
  Fault,
  Headers,
  HttpMatch,
  HttpRoute,
  Redirect,
  Retries,
  Rewrite,
} from './kinds/http-route.js';
export type { Destination } from './kinds/destination.js';
export type { StringMatch } from './kinds/fields.js';
export type { AttributeValue, HttpApiSpec } from './kinds/http-api-spec.js';
export type { Config } from './kinds/kind.js';
export type { MeshConfig } from './kinds/mesh-config.js';
export { isHttp, isTls, type Protocol } from './kinds/protocols.js';
export type { QuotaSpec } from './kinds/quota-spec.js';
export type { SidecarEgress, SidecarIngress } from './kinds/sidecar.js';
export { type KindName, kinds, type Specs } from './kinds/table.js';
export type {
  ClientTls,
  ConnectionPool,
  LoadBalancer,
  OutlierDetection,
  PolicySettings,
} from './kinds/traffic-policy.js';
export { type ResolvedDestination, resolveDestination } from './model/destination-target.js';
export type { MergedRule } from './model/destination-rules.js';
export type { GatewayHost } from './model/gateway-hosts.js';
export type { GatewayPort, GatewayServer, MergedGateway, ServedHost } from './model/gateways.js';
export { headersOf, type HttpRule, sharesOf } from './model/http-rules.js';
export type { L4Rule } from './model/l4-rules.js';
export type { LocalityGroup } from './model/localities.js';
export { createModel, type Model, type ModelSource } from './model/model.js';
export { clusterName, clusterSni } from './model/naming.js';
export type { ProxyView, Target } from './model/proxy-view.js';
export { defaultRetries, faultShare, mirrorShare, retriesOf, type RetryPolicy } from './model/rule-effects.js';
export { type Instance, portOf, type Proxy, type Service, type ServicePort } from './model/service.js';
export type { EgressScope, SidecarScope } from './model/sidecar-scope.js';
export type { VirtualHost } from './model/virtual-hosts.js';
export type { RoutedHosts } from './model/virtual-services.js';
export { createFileRegistry } from './registry/file-registry.js';
export type { Registry } from './registry/registry.js';
export { type ConsulOptions, openConsulRegistry } from './registry/consul/consul-registry.js';
export { type KubernetesOptions, openKubernetesRegistry } from './registry/kubernetes/kubernetes-registry.js';
export { type MergedRegistry, type MergeOptions, mergeRegistries } from './registry/merged-registry.js';
export {
  keyOf,
  type LiveRegistry,
  type RegistryChange,
  type RegistryLog,
  type TrackedRegistry,
} from './registry/tracked-registry.js';
export {
  addXdsService,
  type Change,
  createXdsServer,
  type Flavour,
  flavourOf,
  type ProxyStatus,
  proxyOfNode,
  type Snapshot,
  type XdsEnv,
  type XdsNode,
  type XdsObserver,
  type XdsServer,
  type XdsServerOptions,
} from './xds/index.js';
export {
  type AdsConnection,
  type AdsConnections,
  builtInFlavours,
  type ConfigDistribution,
  type ConfigDump,
  type ConnectedClients,
  createPilot,
  debugPages,
  type DumpedResource,
  type Endpoint,
  type EndpointOfService,
  type EndpointShards,
  type FlavourBuilder,
  type FlavourOptions,
  type Flavours,
  type GrpcPort,
  type HttpPort,
  type KeepAlive,
  type ListenAt,
  type LiveConfig,
  openGrpcPort,
  openHttpPort,
  type Page,
  type PageMaker,
  type Pages,
  type Pilot,
  type PilotEnv,
  type PilotOptions,
  type ProxyResources,
  type Push,
  type PushStatus,
  type RegisteredService,
  type ServerFiles,
  type ServiceEndpoints,
  type SyncStatus,
  systemPilotEnv,
} from './server/index.js';
