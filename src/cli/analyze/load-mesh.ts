import { loadPaths, type LoadResult, type Resource, resourceKey } from '../../config/index.js';
import { chooseCluster, connectCluster } from '../../kube/index.js';
import type { AnalysisSource } from '../../pilot/index.js';
import { MixerError } from '../../util/errors.js';
import { readCluster } from './cluster-resources.js';

/** What is analysed. */
export interface AnalyzeSource {
  readonly paths: readonly string[];
  /** The namespace of resources that name none. */
  readonly namespace: string;
  /** Path of a kubeconfig; undefined for files alone. */
  readonly kubeconfig?: string | undefined;
}

const patienceMillis = 30_000;

/** Loads files and folders, and with a kubeconfig what they make of a cluster once they are applied to it. */
export async function loadMesh({ paths, namespace, kubeconfig }: AnalyzeSource): Promise<AnalysisSource> {
  const files = await loadPaths(paths, { defaultNamespace: namespace });
  if (kubeconfig === undefined) return { loaded: files };
  return { loaded: layOverCluster(files, await readFrom(kubeconfig)), isWhole: true };
}

async function readFrom(kubeconfig: string): Promise<readonly Resource[]> {
  const connection = await connectCluster(chooseCluster(kubeconfig, noEnvironment));
  if (connection === undefined) throw new MixerError('USAGE', `no cluster is known: give --kubeconfig a path`);
  const timing = {
    now: () => performance.now(),
    random: Math.random,
    after(millis: number, work: () => void) {
      const timer = setTimeout(work, millis);
      return () => clearTimeout(timer);
    },
  };
  try {
    return await readCluster({ connection, timing, patienceMillis });
  } finally {
    connection.close();
  }
}

/** The path on the command line counts, whatever the environment says. */
const noEnvironment = {
  kubeconfig: undefined,
  podNamespace: undefined,
  serviceHost: undefined,
  servicePort: undefined,
} as const;

/** What files say stands in place of what the cluster has. */
function layOverCluster(files: LoadResult, cluster: readonly Resource[]): LoadResult {
  const given = new Set(files.resources.map(resourceKey));
  const kept = cluster.filter((resource) => !given.has(resourceKey(resource)));
  return { resources: [...kept, ...files.resources], diagnostics: files.diagnostics };
}
