import { readFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { MixerError } from '../util/errors.js';
import type { Access } from './access.js';
import { createConnection } from './connection.js';
import { type Environment, readEnvironment } from './environment.js';
import { inClusterAccess } from './in-cluster.js';
import { parseKubeconfig } from './kubeconfig.js';
import type { Connection } from './types.js';

/** A cluster by the way to it; two that are equal lead to the same. */
export interface ClusterChoice {
  /** Path of a kubeconfig; undefined is the cluster that this process is a pod of. */
  readonly kubeconfigPath: string | undefined;
}

/** Chooses a cluster as Mixer does: KUBECONFIG when it is set, else the path, else the cluster around. */
export function chooseCluster(kubeconfigPath: string, environment: Environment = readEnvironment()): ClusterChoice {
  const path = environment.kubeconfig ?? kubeconfigPath;
  return { kubeconfigPath: path === '' ? undefined : path };
}

/**
 * A connection to the chosen cluster. Undefined where there is none around this process; rejects with a MixerError when
 * a kubeconfig cannot be read.
 */
export async function connectCluster(
  { kubeconfigPath }: ClusterChoice,
  environment: Environment = readEnvironment(),
): Promise<Connection | undefined> {
  const access = kubeconfigPath === undefined ? inClusterAccess(environment) : await readKubeconfig(kubeconfigPath);
  return access === undefined ? undefined : createConnection(access);
}

/**
 * A connection of a kubeconfig that came from elsewhere, such as a secret. It must bring everything along: paths and
 * programs are refused. Throws a MixerError that says what is wrong with it.
 */
export function connectKubeconfigText(text: string, name: string): Connection {
  return createConnection(parseKubeconfig(text, { name, folder: undefined }));
}

async function readKubeconfig(path: string): Promise<Access> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    const hint = path.includes(delimiter) ? '; several files are not put together, give the path of one' : '';
    throw new MixerError('INTERNAL', `kubeconfig "${path}": ${MixerError.from(cause).rawMessage}${hint}`, cause);
  });
  return parseKubeconfig(text, { name: path, folder: dirname(path) });
}
