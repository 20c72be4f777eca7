import { isSocketPath } from '../../kinds/checks/address.js';
import { parseProtocol } from '../../kinds/protocols.js';
import type { SidecarIngress } from '../../kinds/sidecar.js';
import { clusterName } from '../../model/naming.js';
import { compareAge } from '../../model/precedence.js';
import type { Service, ServicePort } from '../../model/service.js';
import { type BuildContext, leaveOut } from './options.js';

/** A port that a sidecar listens to for its workload. */
export interface InboundPort {
  readonly address: string;
  readonly port: number;
  /** Where the workload listens. */
  readonly target: { readonly address: string; readonly port: number };
  /** The service that it is for; undefined when only a Sidecar tells of it. */
  readonly service: Service | undefined;
  readonly servicePort: ServicePort;
  readonly host: string;
  readonly cluster: string;
}

const loopback = '127.0.0.1';

/** What a sidecar listens to for its workload: what its Sidecar says, or else every port of its instances. */
export function inboundPorts(context: BuildContext): readonly InboundPort[] {
  const { view, options } = context;
  if (view.proxy.type === 'router') return [];
  const found =
    view.ingress === undefined ? ofInstances(context) : view.ingress.flatMap((one) => ofIngress(one, context));
  const ports = new Map<string, InboundPort>();
  for (const port of found) {
    const key = `${port.address} ${port.port}`;
    const other = ports.get(key);
    if (other !== undefined) {
      // One workload may be in several services; its port is one all the same.
      if (other.host !== port.host) leaveOut(context, `${port.host} shares port ${port.port} with ${other.host}`);
    } else if (port.target.address === port.address && port.target.port === bound(port.port, options)) {
      leaveOut(context, `${port.host} port ${port.port} would call itself: the proxy's address is ${loopback}`);
    } else ports.set(key, port);
  }
  return [...ports.values()];
}

/** The port that is really listened to. */
export function bound(port: number, { bindPort }: BuildContext['options'], address = ''): number {
  // A socket has none.
  if (isSocketPath(address)) return 0;
  return bindPort === undefined ? port : bindPort(port);
}

function ofInstances({ view, options }: BuildContext): InboundPort[] {
  const own = view.ownInstances.toSorted(
    (a, b) => compareAge(a.service, b.service) || a.instance.port - b.instance.port,
  );
  return own.flatMap(({ service, instance }) => {
    const servicePort = service.ports.find(({ name }) => name === instance.portName);
    if (servicePort === undefined || servicePort.protocol === 'UDP' || instance.family === 'unix') return [];
    const address = options.inboundAddress ?? instance.address;
    return [inboundPort({ address, port: instance.port, service, servicePort, host: service.hostname })];
  });
}

function ofIngress(ingress: SidecarIngress, { view, options }: BuildContext): InboundPort[] {
  if (ingress.port === undefined) return [];
  const { number, name, protocol } = ingress.port;
  const own = view.ownInstances.find(({ instance }) => instance.port === number);
  return [
    inboundPort({
      address: ingress.bind || (options.inboundAddress ?? view.proxy.ips[0] ?? loopback),
      port: number,
      target: parseTarget(ingress.defaultEndpoint),
      service: own?.service,
      servicePort: { name, number, protocol: parseProtocol(protocol) ?? 'TCP' },
      host: own?.service.hostname ?? `${view.scope.config?.name}.${view.scope.config?.namespace}`,
    }),
  ];
}

function parseTarget(endpoint: string): InboundPort['target'] {
  if (endpoint.startsWith('unix://')) return { address: endpoint, port: 0 };
  return { address: loopback, port: Number(endpoint.split(':').at(-1)) };
}

function inboundPort(
  given: Omit<InboundPort, 'cluster' | 'target'> & { readonly target?: InboundPort['target'] },
): InboundPort {
  const { port, servicePort, host, target = { address: loopback, port } } = given;
  const { number, name } = servicePort;
  return { ...given, target, cluster: clusterName({ direction: 'inbound', port: number, subset: name, host }) };
}
