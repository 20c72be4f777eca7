import type { SidecarEgress } from '../../kinds/sidecar.js';
import { isHttp } from '../../kinds/protocols.js';
import type { ProxyView } from '../../model/proxy-view.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import { outboundRoutes } from './names.js';

/** A port that a workload's calls leave by. */
export interface OutboundPort {
  /** 0 for a socket of the machine. */
  readonly number: number;
  /** What is known there. */
  readonly scope: EgressScope;
  /** Undefined where no Sidecar names the port: then services are called there. */
  readonly listener: SidecarEgress | undefined;
  /** The name of the routes for HTTP there: the port, or the path of the socket. */
  readonly routeName: string;
}

const nothing: EgressScope = { listener: undefined, services: [], virtualServices: [] };

/** What a Sidecar does not say a port for; empty where it says one for everything. */
export function generalScope({ scope }: ProxyView): EgressScope {
  return scope.egress.find(({ listener }) => listener?.port === undefined) ?? nothing;
}

/** Every port that a sidecar takes calls on: those that its Sidecar names, and all others of services; by number. */
export function outboundPorts(view: ProxyView): readonly OutboundPort[] {
  const named = view.scope.egress.flatMap((scope): OutboundPort[] => {
    const { listener } = scope;
    if (listener?.port === undefined) return [];
    const isSocket = listener.bind.startsWith('unix://');
    const number = isSocket ? 0 : listener.port.number;
    const routeName = isSocket ? listener.bind.slice('unix://'.length) : outboundRoutes(number);
    return [{ number, scope, listener, routeName }];
  });
  const taken = new Set(named.map(({ number }) => number));
  const scope = generalScope(view);
  const usual = servicePorts(scope).filter((number) => !taken.has(number));
  const others = usual.map((number) => ({ number, scope, listener: undefined, routeName: outboundRoutes(number) }));
  return [...named, ...others].sort((a, b) => a.number - b.number);
}

/** Ports on which some service speaks HTTP, or may. */
export function httpPorts({ services }: EgressScope): ReadonlySet<number> {
  const ports = services.flatMap((service) => service.ports);
  const http = ports.filter(({ protocol }) => isHttp(protocol) || protocol === 'AUTO');
  return new Set(http.map(({ number }) => number));
}

function servicePorts({ services }: EgressScope): readonly number[] {
  const ports = services.flatMap((service) => service.ports).filter(({ protocol }) => protocol !== 'UDP');
  return [...new Set(ports.map(({ number }) => number))];
}
