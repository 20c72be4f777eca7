import {
  ChainMatch_Transport as Transport,
  Direction,
  type FilterChain,
  type HttpFilter,
  type Listener,
  type TcpFilter,
} from '../../../gen/fairlead/proxy/v1/listener.js';
import { isHttp, isTls } from '../../kinds/protocols.js';
import { mutualTls } from './downstream-tls.js';
import { buildChain, buildHttpFilter, buildTcpFilter, weighted } from './filter.js';
import { bound, type InboundPort } from './inbound-port.js';
import { inboundHttpMixer, inboundTcpMixer } from './mixer.js';
import { listenerName } from './names.js';
import type { BuildContext } from './options.js';
import { buildInboundTable } from './route.js';

/** The listener for calls to one port of the own workload. */
export function buildInboundListener(port: InboundPort, context: BuildContext): Listener {
  return {
    name: listenerName(port.address, port.port),
    address: port.address,
    port: bound(port.port, context.options, port.address),
    direction: Direction.INBOUND,
    proxyProtocol: false,
    chains: buildChains(port, context),
    limits: undefined,
  };
}

/** With certificates, mutual TLS of the mesh ends here; a workload's own TLS is passed on as it is. */
function buildChains(port: InboundPort, context: BuildContext): FilterChain[] {
  const { options } = context;
  const filter = buildFilter(port, context);
  const name = listenerName(port.address, port.port);
  if (options.certificates === undefined) return [buildChain(name, filter)];
  const hasOwnTls = isTls(port.servicePort.protocol);
  // Callers within the mesh name the cluster that they call, `outbound_.443_._.<host>`.
  const serverNames = hasOwnTls ? [`*.${port.host}`] : [];
  const tls = mutualTls(options.certificates);
  const mutual = buildChain(`${name}_tls`, { match: { transport: Transport.TLS, serverNames }, tls, ...filter });
  if (options.inboundTls === 'strict') return [mutual];
  const match = hasOwnTls ? {} : { match: { transport: Transport.PLAINTEXT } };
  return [mutual, buildChain(name, { ...match, ...filter })];
}

function buildFilter(port: InboundPort, context: BuildContext): { http: HttpFilter } | { tcp: TcpFilter } {
  if (isHttp(port.servicePort.protocol)) {
    const http = buildHttpFilter(context, {
      statPrefix: `inbound_${port.port}`,
      inline: buildInboundTable(port),
      mixer: inboundHttpMixer(context, port),
      operation: 'ingress',
    });
    return { http };
  }
  const tcp = buildTcpFilter(context, {
    statPrefix: port.cluster,
    clusters: [weighted(port.cluster, 100)],
    mixer: inboundTcpMixer(context, port),
  });
  return { tcp };
}
