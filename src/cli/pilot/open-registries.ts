import type { ConfigStore } from '../../config/index.js';
import { chooseCluster, connectCluster } from '../../kube/index.js';
import {
  createFileRegistry,
  type LiveRegistry,
  openConsulRegistry,
  openKubernetesRegistry,
  type PilotEnv,
  type Registry,
} from '../../pilot/index.js';
import { MixerError } from '../../util/errors.js';
import { inNamespace } from './in-namespace.js';
import type { PilotFlags, RegistryName } from './pilot-flags.js';

/** Registries that are open. */
export interface OpenRegistries {
  readonly registries: readonly Registry[];
  /** Those that do not know yet what there is. */
  readonly waiting: () => readonly string[];
  /** Resolves when all know what there is; may never. */
  readonly ready: Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the registries that the flags name, in their order.
 *
 * @throws MixerError USAGE when one lacks its address.
 */
export async function openRegistries(flags: PilotFlags, store: ConfigStore, env: PilotEnv): Promise<OpenRegistries> {
  const live: LiveRegistry[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(live.map((registry) => registry.close()));
  };
  const keep = (registry: LiveRegistry): LiveRegistry => {
    live.push(registry);
    return registry;
  };
  const open: Record<RegistryName, () => Registry | Promise<Registry>> = {
    file: () => createFileRegistry(store),
    kubernetes: async () => inNamespace(keep(await openKubernetes(flags, env)), flags.appNamespace),
    consul: () => keep(openConsul(flags, env)),
  };
  const registries: Registry[] = [];
  try {
    for (const name of flags.registries) registries.push(await open[name]());
  } catch (error) {
    await close();
    throw error;
  }
  const waiting = new Set(live.map(({ name }) => name));
  const ready = live.map((registry) => registry.ready.then(() => void waiting.delete(registry.name)));
  return { registries, waiting: () => [...waiting], ready: Promise.all(ready).then(() => undefined), close };
}

async function openKubernetes({ kubeconfig, domain, trustDomain }: PilotFlags, env: PilotEnv): Promise<LiveRegistry> {
  const connection = await connectCluster(chooseCluster(kubeconfig));
  if (connection === undefined) {
    throw new MixerError('USAGE', 'this process is not in a Kubernetes cluster: give --kubeconfig, or set KUBECONFIG');
  }
  return openKubernetesRegistry({ connection, timing: env, log: env.log, domain, trustDomain });
}

function openConsul({ consulserverURL }: PilotFlags, env: PilotEnv): LiveRegistry {
  if (consulserverURL === undefined) {
    throw new MixerError('USAGE', 'the registry consul needs --consulserverURL, as in http://127.0.0.1:8500');
  }
  return openConsulRegistry({ address: consulserverURL, timing: env, log: env.log });
}
