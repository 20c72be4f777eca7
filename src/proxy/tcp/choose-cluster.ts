import type { TcpFilter } from '../../gen/fairlead/proxy/v1/listener.js';

/** Names the cluster that a connection goes to; undefined when there is none. */
export type ChooseCluster = (serverName: string | undefined, random: () => number) => string | undefined;

/**
 * Compiles the choice of a cluster: by weight, or by what the caller asks for.
 *
 * @throws Error when no cluster has a weight.
 */
export function compileChooseCluster({ clusters, sniCluster }: TcpFilter): ChooseCluster {
  if (sniCluster) return clusterOfServerName;
  // A weight of 0 is no traffic, unless there is but one.
  const weighted = clusters.filter(({ weight }) => weight > 0 || clusters.length === 1);
  const [only] = weighted;
  if (only === undefined) throw new Error('no cluster has a weight');
  if (weighted.length === 1) return () => only.name;
  let total = 0;
  const ends = weighted.map(({ weight }) => (total += weight));
  return (_serverName, random) => {
    const number = random() * total;
    return (weighted[ends.findIndex((end) => number < end)] ?? only).name;
  };
}

/**
 * `outbound_.80_.v1_.a.b` is a cluster's own name: the twin of `outbound|80|v1|a.b` that adds no TLS (mesh.md 3.2). Callers
 * get at no other kind of cluster.
 */
function clusterOfServerName(serverName: string | undefined): string | undefined {
  const parts = serverName?.split('_.');
  return parts?.length === 4 && parts[0] === 'outbound' ? serverName : undefined;
}
