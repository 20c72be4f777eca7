import { openStore } from '../../config/index.js';
import type { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import {
  buildProxyConfig,
  type BuildOptions,
  createFileRegistry,
  createModel,
  type Model,
  type Proxy,
} from '../../pilot/index.js';
import type { Problem } from '../../proxy/index.js';
import type { Log } from '../../sdk/index.js';
import { createProblemLog, type ProblemLog } from './problem-log.js';

interface MeshFeedOptions {
  readonly configDir: string;
  /** Of resources that name none. */
  readonly namespace: string;
  readonly problems: ProblemLog;
  readonly log: Log;
}

/** The configuration of proxies, made in this process out of a folder, again after each change. */
interface MeshFeed {
  feedFor(proxy: Proxy, build: BuildOptions): ConfigFeed;
  close(): Promise<void>;
}

/** The configuration of one proxy. */
export interface ConfigFeed {
  /** What it is now; undefined before there is any. */
  current(): ProxyConfig | undefined;
  /** Hears of a configuration that differs from the one before, and answers what is wrong with it. */
  onChange(listener: (config: ProxyConfig) => Promise<readonly Problem[]>): () => void;
}

/** Reads the folder and watches it. What is wrong in it is told, and the sound version of it stays. */
async function openMeshFeed({ configDir, namespace, problems, log }: MeshFeedOptions): Promise<MeshFeed> {
  const store = openStore(`fs://${encodeURI(configDir)}`, { defaultNamespace: namespace, log });
  await store.start();
  const registries = [createFileRegistry(store)];
  const read = (former?: Model): Model => {
    const { resources, diagnostics } = store.current();
    const made = createModel({ resources, registries, former });
    problems.replace('model', [...diagnostics, ...made.diagnostics]);
    return made;
  };
  let model = read();
  const listeners = new Set<() => void>();
  store.onChange(() => {
    model = read(model);
    for (const listener of [...listeners]) listener();
  });
  return {
    feedFor: (proxy, build) => createFeed({ proxy, build, problems, model: () => model, listeners }),
    close: () => store.close(),
  };
}

/** The same for one proxy alone. */
export async function openConfigFeed({
  configDir,
  proxy,
  build,
  log,
  problems = createProblemLog(log),
}: {
  readonly configDir: string;
  readonly proxy: Proxy;
  readonly build: BuildOptions;
  readonly log: Log;
  readonly problems?: ProblemLog;
}): Promise<ConfigFeed & { close(): Promise<void> }> {
  const mesh = await openMeshFeed({ configDir, namespace: proxy.namespace, problems, log });
  return { ...mesh.feedFor(proxy, build), close: () => mesh.close() };
}

interface FeedParts {
  readonly proxy: Proxy;
  readonly build: BuildOptions;
  readonly problems: ProblemLog;
  readonly model: () => Model;
  readonly listeners: Set<() => void>;
}

function createFeed({ proxy, build, problems, model, listeners }: FeedParts): ConfigFeed {
  const make = (): ProxyConfig => {
    const found: string[] = [];
    const made = buildProxyConfig(model(), proxy, { ...build, onProblem: (message) => found.push(message) });
    problems.replace(proxy.id, found);
    return made;
  };
  let config = make();
  return {
    current: () => config,
    onChange(listener) {
      const follow = (): void => {
        const next = make();
        if (next.version === config.version) return;
        config = next;
        void listener(next);
      };
      listeners.add(follow);
      return () => listeners.delete(follow);
    },
  };
}
