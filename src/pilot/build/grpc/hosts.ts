import { matchesHost } from '../../kinds/host-name.js';
import type { ProxyView } from '../../model/proxy-view.js';
import type { EgressScope } from '../../model/sidecar-scope.js';
import type { VirtualHost } from '../../model/virtual-hosts.js';

// Of a host name, with a port.
const MAX_LENGTH = 255 + 6;

/** What a client can call. */
export interface GrpcHosts {
  /** By `host:port`, as the full name. */
  readonly all: ReadonlyMap<string, VirtualHost>;
  /** By any name that a client may use for it: also short ones, and those that a wildcard stands for. */
  find(target: string): VirtualHost | undefined;
}

/** Finds all that a proxy can call by a name, on whatever port; the first listener of a Sidecar that has it counts. */
export function grpcHosts(view: ProxyView): GrpcHosts {
  const all = new Map<string, VirtualHost>();
  const byTarget = new Map<string, VirtualHost>();
  for (const host of view.scope.egress.flatMap((scope) => hostsOf(view, scope))) {
    if (!all.has(host.name)) all.set(host.name, host);
    for (const domain of host.domains) if (!byTarget.has(domain)) byTarget.set(domain, host);
  }
  const wildcards = [...all.values()]
    .filter(({ hostname }) => hostname.startsWith('*'))
    .sort((a, b) => b.hostname.length - a.hostname.length);
  return {
    all,
    find(target) {
      const name = target.toLowerCase();
      const known = byTarget.get(name);
      if (known !== undefined) return known;
      if (name.length > MAX_LENGTH) return undefined;
      const [, host = name, port = '80'] = /^(.*):(\d+)$/.exec(name) ?? [];
      return wildcards.find((one) => one.port === Number(port) && matchesHost(one.hostname, host));
    },
  };
}

function hostsOf(view: ProxyView, scope: EgressScope): readonly VirtualHost[] {
  return view.virtualHosts(scope, scope.listener?.port?.number ?? 0);
}
