import { isIP } from 'node:net';

/** What short names are completed with. */
export interface NameScope {
  readonly namespace: string;
  /** What the hosts of services end in: `cluster.local`. */
  readonly domain: string;
}

/** The full host: a name without a dot is one of the configuration's own namespace (mesh.md 2.0). In lower case. */
export function expandHost(host: string, { namespace, domain }: NameScope): string {
  const lower = host.toLowerCase().replace(/(.)\.$/, '$1');
  if (lower === '*' || lower.includes('.') || isIP(lower) > 0) return lower;
  return `${lower}.${namespace}.svc.${domain}`.toLowerCase();
}

/** The full name of a gateway, `namespace/name`; `mesh` stays as it is (mesh.md 2.0). */
export function expandGateway(name: string, namespace: string): string {
  if (name === 'mesh') return name;
  const slash = name.indexOf('/');
  if (slash >= 0) return name.startsWith('./') ? `${namespace}${name.slice(1)}` : name;
  const [short = '', its] = name.split('.');
  return `${its ?? namespace}/${short}`;
}
