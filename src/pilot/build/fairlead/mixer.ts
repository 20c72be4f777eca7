import ipaddr from 'ipaddr.js';
import type { HttpMixer, MixerService, TcpMixer } from '../../../gen/fairlead/proxy/v1/mixer.js';
import type { RouteTable } from '../../../gen/fairlead/proxy/v1/route.js';
import type { Attributes, Attributes_AttributeValue as Value } from '../../../gen/istio/mixer/v1/attributes.js';
import type { Service } from '../../model/service.js';
import type { InboundPort } from './inbound-port.js';
import { buildApiSpec, buildQuotaRules } from './mixer-specs.js';
import { blackHoleCluster, passthroughCluster } from './names.js';
import { type BuildContext, once } from './options.js';
import { isChecked, type Side } from './policy-check.js';

/** Of routes that name no service. */
const defaultService = 'default';

/** What Mixer is told and asked about the requests of a listener for others' services (mesh.md 1.2). */
export function outboundHttpMixer(context: BuildContext, table: RouteTable): HttpMixer | undefined {
  const { view } = context;
  if (isSilent(context, 'outbound')) return undefined;
  const key = `mixer services of ${table.name} ${isChecked(context, 'outbound')}`;
  const services = once(context, key, () => outboundServices(context, table));
  return {
    attributes: callerAttributes(context),
    forwardAttributes: texts({ 'source.uid': uidOf(context) }),
    ignoreForwardedAttributes: view.proxy.type === 'router',
    services,
  };
}

function outboundServices(context: BuildContext, table: RouteTable): Record<string, MixerService> {
  const services: Record<string, MixerService> = { [defaultService]: mixerService(context, 'outbound', {}) };
  const { scope } = context.view;
  // Also what hosts stand for that are routed elsewhere now: a route that moves must not change the listener.
  const hosts = table.virtualHosts.map(({ name }) => name.slice(0, name.lastIndexOf(':')));
  const names = new Set([...servicesOf(table), ...hosts.filter((host) => scope.service(host) !== undefined)]);
  for (const name of [...names].sort()) {
    const service = scope.service(name);
    const told = service === undefined ? texts({ 'destination.service.name': name }) : serviceAttributes(service);
    services[name] = mixerService(context, 'outbound', { attributes: told, forwardAttributes: told });
  }
  return services;
}

/** The same for the own workload's requests, with what they are charged to. */
export function inboundHttpMixer(context: BuildContext, port: InboundPort): HttpMixer | undefined {
  if (isSilent(context, 'inbound')) return undefined;
  const { view } = context;
  const { service } = port;
  const services: Record<string, MixerService> = { [defaultService]: mixerService(context, 'inbound', {}) };
  if (service !== undefined) {
    services[service.hostname] = {
      ...mixerService(context, 'inbound', { attributes: serviceAttributes(service) }),
      quotaRules: view.quotaSpecs(service).flatMap(({ spec }) => buildQuotaRules(spec)),
      apiSpecs: view.apiSpecs(service).map(({ spec }) => buildApiSpec(spec)),
    };
  }
  return {
    attributes: ownAttributes(context, port),
    forwardAttributes: undefined,
    ignoreForwardedAttributes: false,
    services,
  };
}

/** What Mixer is told about connections to a service, or to where only a name is known, or nothing. */
export function outboundTcpMixer(context: BuildContext, service: Service | string | undefined): TcpMixer {
  const told =
    typeof service === 'object' ? serviceAttributes(service) : texts({ 'destination.service.name': service });
  return tcpMixer(context, 'outbound', merge(callerAttributes(context), told));
}

/** The same for connections to the own workload. */
export function inboundTcpMixer(context: BuildContext, port: InboundPort): TcpMixer {
  const told = port.service === undefined ? texts({}) : serviceAttributes(port.service);
  return tcpMixer(context, 'inbound', merge(ownAttributes(context, port), told));
}

/** The name of a service in the attributes of routes; empty for one that nobody knows. */
export function mixerServiceOf(service: Service | undefined): string {
  return service?.hostname ?? '';
}

/** `kubernetes://<pod>.<namespace>` */
export function uidOf({ view }: BuildContext): string {
  return `kubernetes://${view.proxy.id}`;
}

function tcpMixer(context: BuildContext, side: Side, attributes: Attributes): TcpMixer {
  return {
    attributes,
    disableCheck: !isChecked(context, side),
    // Switching off reports is for HTTP alone.
    disableReport: false,
    quotaRules: [],
    reportInterval: undefined,
  };
}

function isSilent(context: BuildContext, side: Side): boolean {
  return context.view.mesh.disableMixerHttpReports && !isChecked(context, side);
}

function mixerService(
  context: BuildContext,
  side: Side,
  { attributes, forwardAttributes }: Partial<Pick<MixerService, 'attributes' | 'forwardAttributes'>>,
): MixerService {
  return {
    disableCheck: !isChecked(context, side),
    disableReport: context.view.mesh.disableMixerHttpReports,
    attributes,
    forwardAttributes,
    quotaRules: [],
    apiSpecs: [],
  };
}

/** The services that routes name, sorted. */
function servicesOf({ virtualHosts }: RouteTable): readonly string[] {
  const names = virtualHosts.flatMap(({ routes }) =>
    routes.flatMap(({ mixerService: own, forward }) => [
      own,
      ...(forward?.clusters ?? []).map(({ mixerService: its }) => its),
    ]),
  );
  return [...new Set([...names, passthroughCluster, blackHoleCluster])].filter((name) => name !== '').sort();
}

function serviceAttributes({ hostname, name, namespace, uid }: Service): Attributes {
  return texts({
    'destination.service.host': hostname,
    'destination.service.name': name,
    'destination.service.namespace': namespace,
    'destination.service.uid': uid,
  });
}

function callerAttributes(context: BuildContext): Attributes {
  const { view, options } = context;
  const uid = uidOf(context);
  return texts({
    'context.proxy_version': options.proxyVersion,
    'context.reporter.kind': 'outbound',
    'context.reporter.uid': uid,
    'source.namespace': view.proxy.namespace,
    'source.uid': uid,
  });
}

function ownAttributes(context: BuildContext, { address, port }: InboundPort): Attributes {
  const { view, options } = context;
  const uid = uidOf(context);
  const place: Record<string, Value> = { 'destination.port': { int64Value: BigInt(port) } };
  if (ipaddr.isValid(address)) place['destination.ip'] = { bytesValue: mappedBytes(address) };
  const said = texts({
    'context.proxy_version': options.proxyVersion,
    'context.reporter.kind': 'inbound',
    'context.reporter.uid': uid,
    'destination.mesh.id': options.meshId,
    'destination.namespace': view.proxy.namespace,
    'destination.uid': uid,
  });
  return merge(said, { attributes: place });
}

/** Sixteen bytes, also for version 4, as Pilot writes them. */
function mappedBytes(address: string): Buffer {
  const parsed = ipaddr.parse(address);
  return Buffer.from((parsed instanceof ipaddr.IPv4 ? parsed.toIPv4MappedAddress() : parsed).toByteArray());
}

/** Attributes that have a value. */
function texts(values: Readonly<Record<string, string | undefined>>): Attributes {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return { attributes: Object.fromEntries(entries.map(([name, stringValue]) => [name, { stringValue }])) };
}

function merge(...sets: readonly Attributes[]): Attributes {
  const entries = sets.flatMap(({ attributes }) => Object.entries(attributes));
  return { attributes: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}
