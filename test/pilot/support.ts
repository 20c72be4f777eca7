import assert from 'node:assert/strict';
import { type LoadResult, parseResources } from '../../src/config/index.js';
import { createFileRegistry, createModel, type Model, type Proxy, type ProxyView } from '../../src/pilot/index.js';
import { type Configs, readConfigs } from '../../src/pilot/model/configs.js';

/** Reads resources that must be sound as far as YAML goes. */
export function resourcesOf(yaml: string, defaultNamespace = 'default') {
  const { resources, diagnostics } = parseResources(yaml, { file: 'f', defaultNamespace });
  assert.deepEqual(diagnostics, []);
  return resources;
}

/** Decodes resources without a mistake. */
export function configsOf(yaml: string): Configs {
  const configs = readConfigs(resourcesOf(yaml));
  assert.deepEqual(configs.diagnostics, []);
  return configs;
}

/** A store that holds what it is told. */
export function storeOf(yaml: string) {
  const listeners = new Set<(state: LoadResult) => void>();
  let state: LoadResult = { resources: resourcesOf(yaml), diagnostics: [] };
  return {
    current: () => state,
    onChange(listener: (state: LoadResult) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(text: string) {
      state = { resources: resourcesOf(text), diagnostics: [] };
      for (const listener of listeners) listener(state);
    },
  };
}

/** A model of resources, with the services that they tell of. */
export function modelOf(yaml: string, former?: Model): Model {
  const store = storeOf(yaml);
  return createModel({ resources: store.current().resources, registries: [createFileRegistry(store)], former });
}

/** A sidecar in the namespace `default`, but for what is given. */
export function proxyOf(
  given: Partial<Omit<Proxy, 'labels'>> & { readonly labels?: Record<string, string> } = {},
): Proxy {
  const { labels = {}, ...rest } = given;
  return {
    id: 'a.default',
    type: 'sidecar',
    namespace: 'default',
    ips: [],
    locality: '',
    labels: new Map(Object.entries(labels)),
    ...rest,
  };
}

/** What a proxy sees of resources that have nothing wrong. */
export function viewOf(yaml: string, proxy: Parameters<typeof proxyOf>[0] = {}): ProxyView {
  return modelOf(yaml).viewFor(proxyOf(proxy));
}

/** Services with one port each, in the namespace `default` unless the name says `name.namespace`. */
export function servicesOf(names: readonly string[], port = '{ name: http, port: 80 }'): string {
  const items = names.map((text) => {
    const [name, namespace = 'default'] = text.split('.');
    return `{ name: ${name}, namespace: ${namespace}, ports: [${port}] }`;
  });
  return `---\nkind: Services\nmetadata: { name: listed }\nspec: { services: [${items.join(', ')}] }\n`;
}

/** A resource in flow style. */
export function resource(kind: string, name: string, spec: string): string {
  const [short, namespace = 'default', created] = name.split(' ');
  const time = created === undefined ? '' : `, creationTimestamp: ${created}`;
  return `---\nkind: ${kind}\nmetadata: { name: ${short}, namespace: ${namespace}${time} }\nspec: ${spec}\n`;
}
