import { once } from 'node:events';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { Cluster_Discovery } from '../../src/gen/fairlead/proxy/v1/cluster.js';
import { type DeepPartial, ProxyConfig } from '../../src/gen/fairlead/proxy/v1/config.js';
import { createProxy, type Proxy, type ProxyEnv, systemEnv, systemUpstreamEnv } from '../../src/proxy/index.js';
import { ConfigGiver } from './control-plane.js';
import { eventually } from './peer.js';

type Listener = NonNullable<DeepPartial<ProxyConfig>['listeners']>[number];
export type HttpPart = NonNullable<NonNullable<NonNullable<Listener['chains']>[number]['http']>>;
type Inline = NonNullable<HttpPart['inline']>;
export type RoutePart = NonNullable<NonNullable<Inline['virtualHosts']>[number]['routes']>[number];
export type ClusterPart = NonNullable<DeepPartial<ProxyConfig>['clusters']>[number];
export type ProxyPart = DeepPartial<ProxyConfig>;

/** Code, flags, bytes in and out, details: what the tests of a fault look at. */
const format = '%RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %REQ(:METHOD)% %REQ(:PATH)%\n';

/** A real proxy on free ports of 127.0.0.1, whose access log is kept. */
export interface Rig {
  readonly proxy: Proxy;
  /** Lines of the access log, `<code> <flags> <bytes in> <bytes out> <method> <path>`. */
  readonly lines: readonly string[];
  /** Of a listener; of the only one without a name. */
  port(name?: string): number;
  apply(config: ProxyPart): Promise<void>;
  /** The line of a path, when the request has ended. */
  lineOf(path: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startProxy(
  config: ProxyPart,
  options: { drainMillis?: number; env?: Partial<ProxyEnv> } = {},
): Promise<Rig> {
  const lines: string[] = [];
  const quiet = { info: () => undefined, warn: () => undefined };
  const proxy = createProxy({
    env: { ...systemEnv(quiet), ...options.env },
    upstreamEnv: systemUpstreamEnv(),
    makeTransport: () => {
      throw new Error('there is no Mixer');
    },
    openLog: () => ({ write: (line) => void lines.push(line.trimEnd()) }),
    drainMillis: options.drainMillis ?? 50,
  });
  const giver = new ConfigGiver();
  const give = await giver.for(proxy);
  const apply = async (part: ProxyPart): Promise<void> => {
    const problems = await give(ProxyConfig.fromPartial(part));
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join());
  };
  await apply(config);
  return {
    proxy,
    lines,
    apply,
    port: (name = 'in') => {
      const address = proxy.addresses().get(name);
      if (address === undefined) throw new Error(`there is no listener ${name}`);
      return address.port;
    },
    lineOf: (path) =>
      eventually(() => Promise.resolve(lines.find((line) => line.endsWith(` ${path}`)))).catch(() => {
        throw new Error(`no line of ${path} among ${lines.join('; ')}`);
      }),
    stop: async () => {
      await giver.close();
      await proxy.close();
    },
  };
}

/** A listener with one chain of HTTP. */
export function httpListener(routes: readonly RoutePart[], more: HttpPart = {}, of: Listener = {}): Listener {
  const inline = { name: 'inline', virtualHosts: [{ name: 'all', domains: ['*'], routes: [...routes] }] };
  const accessLog = { path: '/dev/stdout', format };
  const http: HttpPart = { statPrefix: 'in', inline, accessLog, useRemoteAddress: true, ...more };
  return { name: 'in', address: '127.0.0.1', port: 0, chains: [{ name: 'http', http }], ...of };
}

export function clusterAt(name: string, ports: readonly number[], more: ClusterPart = {}): ClusterPart {
  const endpoints = ports.map((port) => ({ address: '127.0.0.1', port, weight: 1 }));
  return { name, discovery: Cluster_Discovery.STATIC, localities: [{ weight: 1, endpoints }], ...more };
}

export function forwardTo(name: string, more: NonNullable<RoutePart['forward']> = {}): RoutePart {
  return { forward: { clusters: [{ name, weight: 1 }], ...more } };
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Sends bytes, and gives all that comes back until the other side closes, or it fits. */
export async function exchangeRaw(port: number, text: string | Buffer, until?: RegExp): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => undefined);
  let answer = '';
  const ended = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
      if (until?.test(answer) === true) resolve();
    });
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text);
  const timer = setTimeout(() => socket.destroy(new Error('nobody closes')), 60_000);
  await ended;
  clearTimeout(timer);
  if (socket.errored?.message === 'nobody closes') throw new Error(`no end after ${JSON.stringify(answer)}`);
  socket.destroy();
  return answer;
}

export function destroyAll(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.destroy();
}
