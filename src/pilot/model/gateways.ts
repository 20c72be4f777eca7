import type { Diagnostic } from '../../util/diagnostics.js';
import { diagnose } from '../kinds/decode-config.js';
import type { Gateway, Server } from '../kinds/gateway.js';
import type { NamedPort } from '../kinds/fields.js';
import type { Config } from '../kinds/kind.js';
import { isHttp, isTls, parseProtocol, type Protocol } from '../kinds/protocols.js';
import type { Proxy } from './service.js';
import { hasLabels } from './visibility.js';

/** A host that a server serves, and whose VirtualServices may route it. */
export interface ServedHost {
  /** `*` for all namespaces. */
  readonly namespace: string;
  readonly host: string;
}

/** A server of a Gateway that counts. */
export interface GatewayServer {
  /** The Gateway's full name, `namespace/name`. */
  readonly gateway: string;
  readonly config: Config<Gateway>;
  /** Its place among the Gateway's servers. */
  readonly index: number;
  readonly server: Server;
  readonly port: NamedPort;
  readonly protocol: Protocol;
  readonly hosts: readonly ServedHost[];
  /** The name of its routes; empty where connections are not taken apart (mesh.md 2.3). */
  readonly routeName: string;
}

/** What a port of a gateway speaks: `http` in the clear, `tls` told apart by the name of the server, or `tcp`. */
export interface GatewayPort {
  readonly number: number;
  readonly kind: 'http' | 'tls' | 'tcp';
  readonly servers: readonly GatewayServer[];
}

/** All Gateways that a proxy serves, as one. */
export interface MergedGateway {
  /** Full names, the oldest first. */
  readonly names: readonly string[];
  /** By number. */
  readonly ports: readonly GatewayPort[];
  /** Servers that do not count, and why. */
  readonly rejected: readonly { readonly server: GatewayServer; readonly reason: string }[];
}

/** Merges the Gateways that select a proxy: what does not go with what is there before is left out (mesh.md 2.3). */
export function mergeGateways(configs: readonly Config<Gateway>[], proxy: Pick<Proxy, 'labels'>): MergedGateway {
  const selected = configs.filter(({ spec }) => hasLabels(proxy.labels, spec.selector));
  const ports = new Map<number, { kind: GatewayPort['kind']; servers: GatewayServer[] }>();
  const rejected: { server: GatewayServer; reason: string }[] = [];
  for (const server of selected.flatMap(serversOf)) {
    const kind = kindOf(server.protocol);
    const port = ports.get(server.port.number);
    if (port === undefined) {
      ports.set(server.port.number, { kind, servers: [server] });
      continue;
    }
    const reason = conflict({ number: server.port.number, ...port }, server);
    if (reason === undefined) port.servers.push(server);
    else rejected.push({ server, reason });
  }
  const sorted = [...ports].sort(([a], [b]) => a - b);
  return Object.freeze({
    names: selected.map(nameOf),
    ports: sorted.map(([number, port]) => ({ number, ...port })),
    rejected,
  });
}

/** Warnings about servers that no proxy serves: those that lose against Gateways with the very same selector. */
export function findGatewayConflicts(configs: readonly Config<Gateway>[]): readonly Diagnostic[] {
  const selectors = new Map<string, ReadonlyMap<string, string>>();
  for (const { spec } of configs) selectors.set(JSON.stringify([...spec.selector].sort()), spec.selector);
  return [...selectors.values()].flatMap((selector) => {
    const same = configs.filter(
      ({ spec }) => spec.selector.size === selector.size && hasLabels(selector, spec.selector),
    );
    return mergeGateways(same, { labels: selector }).rejected.map(({ server, reason }) => {
      const message = `the server is left out: ${reason}`;
      const what = { severity: 'warning', code: 'CONFIG_INVALID', message } as const;
      return diagnose(server.config.resource, `spec.servers[${server.index}].port`, what);
    });
  });
}

function serversOf(config: Config<Gateway>): GatewayServer[] {
  return config.spec.servers.flatMap((server, index) => {
    const { port } = server;
    if (port === undefined) return [];
    const protocol = parseProtocol(port.protocol) ?? 'TCP';
    const hosts = server.hosts.map((host) => parseServed(host, config.namespace));
    const routeName = nameRoutes(config, server, port);
    return [{ gateway: nameOf(config), config, index, server, port, protocol, hosts, routeName }];
  });
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function parseServed(text: string, namespace: string): ServedHost {
  const [host = '', from = '*'] = text.split('/').reverse();
  return { namespace: from === '.' ? namespace : from, host: host.toLowerCase() };
}

function nameRoutes({ name, namespace }: Config<Gateway>, { tls }: Server, port: NamedPort): string {
  const protocol = parseProtocol(port.protocol) ?? 'TCP';
  if (isHttp(protocol)) return `http.${port.number}`;
  const isTerminated = tls?.mode !== 'PASSTHROUGH' && tls?.mode !== 'AUTO_PASSTHROUGH';
  return protocol === 'HTTPS' && isTerminated ? `https.${port.number}.${port.name}.${name}.${namespace}` : '';
}

function kindOf(protocol: Protocol): GatewayPort['kind'] {
  return isHttp(protocol) ? 'http' : isTls(protocol) ? 'tls' : 'tcp';
}

function conflict(port: GatewayPort, { protocol, hosts }: GatewayServer): string | undefined {
  const kind = kindOf(protocol);
  const [first] = port.servers;
  const holder = `Gateway '${first?.config.name}.${first?.config.namespace}'`;
  if (kind !== port.kind) return `${holder} uses port ${port.number} for ${port.kind}, not ${kind}`;
  if (kind === 'tcp') return `${holder} uses port ${port.number}, and connections cannot be told apart`;
  if (kind === 'http') return undefined;
  const taken = new Set(port.servers.flatMap((server) => server.hosts.map(({ host }) => host)));
  const shared = hosts.find(({ host }) => taken.has(host));
  return shared && `"${shared.host}" is served on port ${port.number} already`;
}
