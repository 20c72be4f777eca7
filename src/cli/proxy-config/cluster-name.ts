/** What the name of a cluster says. */
export interface ClusterNameParts {
  readonly direction: string;
  /** Empty where the name says none. */
  readonly port: string;
  readonly subset: string;
  readonly fqdn: string;
}

/** Reads `outbound|9080|v1|reviews.default.svc.cluster.local`; any other name is the host itself. */
export function readClusterName(name: string): ClusterNameParts {
  const [direction = '', port = '', subset = '', fqdn, ...more] = name.split('|');
  if (fqdn === undefined || more.length > 0) return { direction: '', port: '', subset: '', fqdn: name };
  return { direction, port, subset, fqdn };
}
