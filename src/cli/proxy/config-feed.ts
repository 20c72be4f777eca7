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
import type { Log } from '../../sdk/index.js';
import { formatDiagnostic } from '../../util/diagnostics.js';

export interface FeedOptions {
  readonly configDir: string;
  readonly proxy: Proxy;
  readonly build: BuildOptions;
  readonly log: Log;
}

/** The configuration of one proxy, made in this process out of a folder, again after each change. */
export interface ConfigFeed {
  /** What the folder says now. */
  current(): ProxyConfig;
  onChange(listener: (config: ProxyConfig) => void): () => void;
  close(): Promise<void>;
}

/** Reads the folder and watches it. What is wrong in it is logged, and the sound version of it stays. */
export async function openConfigFeed({ configDir, proxy, build, log }: FeedOptions): Promise<ConfigFeed> {
  const store = openStore(`fs://${encodeURI(configDir)}`, { defaultNamespace: proxy.namespace, log });
  await store.start();
  const registries = [createFileRegistry(store)];
  let told = new Set<string>();
  let model: Model | undefined;
  const make = (): ProxyConfig => {
    const { resources, diagnostics } = store.current();
    model = createModel({ resources, registries, former: model });
    const lines = new Set([...diagnostics, ...model.diagnostics].map(formatDiagnostic));
    for (const line of lines) if (!told.has(line)) log.warn(line);
    told = lines;
    return buildProxyConfig(model, proxy, build);
  };
  let config = make();
  return {
    current: () => config,
    onChange: (listener) =>
      store.onChange(() => {
        const next = make();
        if (next.version === config.version) return;
        config = next;
        listener(next);
      }),
    close: () => store.close(),
  };
}
