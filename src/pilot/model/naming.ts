/** What a cluster of the proxy stands for. */
export interface ClusterParts {
  readonly direction: 'outbound' | 'inbound';
  readonly port: number;
  /** Of an inbound cluster the name of the port. */
  readonly subset: string;
  readonly host: string;
}

/** The name of a cluster: `outbound|9080|v1|reviews.default.svc.cluster.local` (mesh.md 3.2). */
export function clusterName({ direction, port, subset, host }: ClusterParts): string {
  return `${direction}|${port}|${subset}|${host}`;
}

/** The name of a cluster as a name of a server: `outbound_.9080_.v1_.reviews...`. */
export function clusterSni({ direction, port, subset, host }: ClusterParts): string {
  return `${direction}_.${port}_.${subset}_.${host}`;
}

/**
 * The hosts that a client in a namespace may ask for when it means a service: the full name, and short forms as far
 * as it shares the end of it, each with and without the port, and the virtual addresses (mesh.md 3.2).
 */
export function domainsOf(
  host: string,
  options: {
    readonly port: number;
    readonly addresses: readonly string[];
    /** Its instances have names of their own below its name. */
    readonly isHeadless?: boolean;
    readonly namespace: string;
    readonly domain: string;
  },
): readonly string[] {
  const { port, addresses, isHeadless = false, namespace, domain } = options;
  if (host === '*') return ['*'];
  const names = [bracketed(host), ...shortForms(host, namespace, domain)];
  const plain = addresses.filter((address) => !address.includes('/')).map(bracketed);
  const below = isHeadless ? names.map((name) => `*.${name}`) : [];
  return [...names, ...below, ...plain].flatMap((name) => [name, `${name}:${port}`]);
}

function shortForms(host: string, namespace: string, domain: string): string[] {
  const end = `.svc.${domain}`;
  if (!host.endsWith(end)) return [];
  const short = host.slice(0, -end.length);
  const own = `.${namespace}`;
  const forms = [short, `${short}.svc`];
  return short.endsWith(own) ? [short.slice(0, -own.length), ...forms] : forms;
}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
