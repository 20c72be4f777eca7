import { isHttp, isTls } from '../../kinds/protocols.js';
import { isSocketPath } from '../../kinds/checks/address.js';
import { bound, type InboundPort } from '../fairlead/inbound-port.js';
import type { Chain, Work } from './chain.js';
import type { BuildContext } from './context.js';
import { buildMutualTls } from './downstream-tls.js';
import { buildHttp } from './hcm.js';
import { pathOf, usableInboundPorts } from './inbound-ports.js';
import type { ListenerDraft } from './listener-draft.js';
import { listenerName } from './names.js';
import { buildInboundRoutes } from './route.js';
import { buildDirect } from './tcp-proxy.js';

/** The listeners for calls to the own workload (mesh.md 2.5, 3.2). */
export function buildInbound(context: BuildContext): ListenerDraft[] {
  return usableInboundPorts(context).map((port) => ({
    name: listenerName(pathOf(port.address), port.port),
    address: pathOf(port.address),
    port: bound(port.port, context.options, port.address),
    isBound: isBound(port, context),
    direction: 'INBOUND',
    chains: () => buildChains(port, context),
  }));
}

/** Redirected calls come by the virtual listener, unless a Sidecar says that they do not come redirected, or to a socket. */
function isBound({ port, address }: InboundPort, { view, options }: BuildContext): boolean {
  if (options.interception === 'none' || isSocketPath(address)) return true;
  return view.ingress?.some((one) => one.port?.number === port && one.captureMode === 'NONE') ?? false;
}

/** With certificates, mutual TLS of the mesh ends here; a workload's own TLS is passed on as it is. */
function buildChains(port: InboundPort, context: BuildContext): Chain[] {
  const { certificates, inboundTls } = context.options;
  const { protocol } = port.servicePort;
  const name = listenerName(pathOf(port.address), port.port);
  const chain = { owner: port.host, ...buildWork(port, context) };
  const hasHttp = isHttp(protocol);
  const plain = { ...chain, name, match: {}, isPlainHttp: hasHttp };
  if (certificates === undefined) return [plain];
  // Callers within the mesh name the cluster that they call, `outbound_.443_._.<host>`.
  const serverNames = isTls(protocol) ? [`*.${port.host}`] : [];
  const socket = buildMutualTls(certificates, { isHttp: hasHttp });
  const mutual = { ...chain, name: `${name}_tls`, match: { transport: 'tls', serverNames }, socket } as const;
  return inboundTls === 'strict' ? [mutual] : [mutual, plain];
}

function buildWork(port: InboundPort, context: BuildContext): Work {
  const { cluster, servicePort, address, port: number } = port;
  if (!isHttp(servicePort.protocol)) return buildDirect(context, cluster);
  const { filters } = buildHttp(context, {
    ...{ side: 'inbound', protocol: servicePort.protocol },
    statPrefix: `inbound_${listenerName(pathOf(address), number)}`,
    routes: buildInboundRoutes(port, context),
  });
  return { filters, references: [{ kind: 'cluster', name: cluster }] };
}
