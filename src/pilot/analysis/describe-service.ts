import type { Config } from '../kinds/kind.js';
import { isSubsetOf } from '../kinds/host-name.js';
import type { HttpMatch, HttpRoute } from '../kinds/http-route.js';
import type { StringMatch } from '../kinds/fields.js';
import { sharesOf } from '../model/http-rules.js';
import type { ProxyView } from '../model/proxy-view.js';
import type { Service } from '../model/service.js';
import { destinationHosts, type RoutedHosts } from '../model/virtual-services.js';
import { hasLabels, isVisible } from '../model/visibility.js';
import { type AnalysedMesh, viewFrom } from './mesh.js';

/** A subset, and how many of the service's instances are in it. */
interface DescribedSubset {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly instances: number;
}

/** What applies to a service, seen from its own namespace. */
export interface ServiceDescription {
  readonly service: Service;
  /** How many instances are known. */
  readonly instances: number;
  /** The DestinationRules that count, with the parts of the policy that they set. */
  readonly destinationRules: readonly Config<unknown>[];
  readonly policy: readonly string[];
  readonly subsets: readonly DescribedSubset[];
  /** VirtualServices for its requests, with a line for each of their rules. */
  readonly routedBy: readonly {
    readonly config: Config<unknown>;
    readonly gateways: readonly string[];
    readonly rules: readonly string[];
  }[];
  /** VirtualServices for other hosts that send traffic to it. */
  readonly sentBy: readonly Config<unknown>[];
  /** Gateways that lead to it. */
  readonly gateways: readonly Config<unknown>[];
  readonly quotaSpecs: readonly Config<unknown>[];
  readonly apiSpecs: readonly Config<unknown>[];
}

/** The services of a name, or of a host. */
export function findServices({ model }: AnalysedMesh, name: string, namespace: string): readonly Service[] {
  return model.services.services.filter(
    (one) => one.hostname === name.toLowerCase() || (one.name === name && one.namespace === namespace),
  );
}

/** Gathers what applies to a service. */
export function describeService(mesh: AnalysedMesh, service: Service): ServiceDescription {
  const { model } = mesh;
  const view = viewFrom(mesh, service.namespace);
  const places = model.services.instances(service);
  const [port] = service.ports;
  const one = places.filter(({ portName }) => portName === port?.name);
  const rule = view.destinationRule(service);
  const visible = model.virtualServices.filter(({ config }) =>
    isVisible(
      { namespace: config.namespace, exportTo: config.spec.exportTo },
      service.namespace,
      model.mesh.defaultVirtualServiceExportTo,
    ),
  );
  // A gateway's wildcard means many hosts: it counts for those that it leads to.
  const routing = visible.filter(
    (other) =>
      other.hosts.some((host) => isSubsetOf(service.hostname, host)) &&
      (other.gateways.includes('mesh') || destinationHosts(other).includes(service.hostname)),
  );
  const sending = visible.filter(
    (other) => destinationHosts(other).includes(service.hostname) && !routing.includes(other),
  );
  const gateways = new Set([...routing, ...sending].flatMap((other) => other.gateways));
  return {
    service,
    instances: one.length,
    destinationRules: rule?.configs ?? [],
    policy: port === undefined ? [] : policyOf(view, service),
    subsets: [...(rule?.subsets.values() ?? [])].map(({ name, labels }) => ({
      ...{ name, labels },
      instances: one.filter((place) => hasLabels(place.labels, labels)).length,
    })),
    routedBy: routing.map((other) => ({ config: other.config, gateways: other.gateways, rules: linesOf(other) })),
    sentBy: sending.map(({ config }) => config),
    gateways: mesh.list('Gateway').filter(({ namespace, name }) => gateways.has(`${namespace}/${name}`)),
    quotaSpecs: view.quotaSpecs(service),
    apiSpecs: view.apiSpecs(service),
  };
}

function policyOf(view: ProxyView, service: Service): readonly string[] {
  return service.ports.flatMap((port) => {
    const { loadBalancer, connectionPool, outlierDetection, tls } = view.policy({ service, port });
    const parts = { loadBalancer, connectionPool, outlierDetection, tls };
    const given = Object.entries(parts).filter(([, value]) => value !== undefined);
    const names = given.map(([name]) => (name === 'tls' && tls !== undefined ? `tls ${tls.mode}` : name));
    return names.length === 0 ? [] : [`port ${port.number}: ${names.join(', ')}`];
  });
}

function linesOf({ http, tls, tcp }: RoutedHosts): readonly string[] {
  return [
    ...http.map((rule, index) => `http[${index}]${nameOf(rule)}: ${whenOf(rule.match)} -> ${actionOf(rule)}`),
    ...tls.map(({ match, route }, index) => {
      const names = match.flatMap(({ sniHosts }) => sniHosts).join(', ');
      return `tls[${index}]: SNI ${names} -> ${sharesText(route)}`;
    }),
    ...tcp.map(({ route }, index) => `tcp[${index}]: -> ${sharesText(route)}`),
  ];
}

function nameOf({ name }: HttpRoute): string {
  return name === '' ? '' : ` ${name}`;
}

function actionOf({ redirect, route, fault }: HttpRoute): string {
  const effects = [fault?.delay === undefined ? '' : ', delays', fault?.abort === undefined ? '' : ', aborts'].join('');
  if (redirect !== undefined) return `redirect to ${redirect.authority}${redirect.uri}`;
  return `${sharesText(route)}${effects}`;
}

function sharesText(
  route: Parameters<
    typeof sharesOf<{ readonly weight: number; readonly destination: { host: string; subset: string } }>
  >[0],
): string {
  return sharesOf(route)
    .map(({ destination: { host, subset }, weight }) => `${host}${subset === '' ? '' : ` ${subset}`} ${weight}%`)
    .join(', ');
}

function whenOf(matches: readonly HttpMatch[]): string {
  if (matches.length === 0) return 'all';
  return matches.map((match) => conditionsOf(match).join(' and ') || 'all').join(', or ');
}

function conditionsOf({ uri, scheme, method, authority, headers, queryParams, port, gateways }: HttpMatch): string[] {
  const named = Object.entries({ uri, scheme, method, authority }).flatMap(([name, match]) =>
    match === undefined ? [] : [`${name} ${matchText(match)}`],
  );
  return [
    ...named,
    ...Array.from(headers, ([name, match]) => `header ${name} ${matchText(match)}`),
    ...Array.from(queryParams, ([name, match]) => `parameter ${name} ${matchText(match)}`),
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(gateways.length === 0 ? [] : [`from ${gateways.join(' or ')}`]),
  ].map((text) => text.trimEnd());
}

function matchText({ exact, prefix, regex }: StringMatch): string {
  if (exact !== undefined) return `is ${JSON.stringify(exact)}`;
  if (prefix !== undefined) return `begins with ${JSON.stringify(prefix)}`;
  return regex === undefined ? 'is there' : `matches ${JSON.stringify(regex)}`;
}
