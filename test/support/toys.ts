import assert from 'node:assert/strict';
import { parseResources, type Resource } from '../../src/config/index.js';
import {
  compileConfiguration,
  type Configuration,
  type ConfigurationInput,
  createKinds,
} from '../../src/runtime/index.js';
import type { ResourceRule } from '../../src/runtime/validate/rule.js';
import {
  type Adapter,
  type BuildInput,
  defineAdapter,
  defineTemplate,
  f,
  type Handler,
  s,
  type Template,
} from '../../src/sdk/index.js';
import { type Diagnostic, formatDiagnostic } from '../../src/util/diagnostics.js';

export const listentry = defineTemplate({
  name: 'listentry',
  variety: 'CHECK',
  displayName: 'ListEntry',
  fields: { value: f.value },
});
export const lookup = defineTemplate({
  name: 'lookup',
  variety: 'CHECK_WITH_OUTPUT',
  displayName: 'Lookup',
  fields: { key: f.string },
  output: { userName: f.string, pin: f.int64 },
});
export const quota = defineTemplate({
  name: 'quota',
  variety: 'QUOTA',
  displayName: 'Quota',
  fields: { dimensions: f.values },
});
export const metric = defineTemplate({
  name: 'metric',
  variety: 'REPORT',
  displayName: 'Metric',
  fields: {
    value: f.value,
    dimensions: f.values,
    monitoredResourceType: f.string,
    monitoredResourceDimensions: f.values,
  },
});
export const everything = defineTemplate({
  name: 'everything',
  variety: 'REPORT',
  displayName: 'Everything',
  fields: {
    text: f.string,
    count: f.int64,
    ratio: f.double,
    secure: f.bool,
    startTime: f.timestamp,
    took: f.duration,
    sourceIp: f.ipAddress,
    host: f.dnsName,
    mail: f.emailAddress,
    link: f.uri,
    labels: f.stringMap,
    any: f.value,
    tags: f.strings,
    subject: f.message({ user: f.string, properties: f.values }),
  },
});
export const pods = defineTemplate({
  name: 'pods',
  variety: 'ATTRIBUTE_GENERATOR',
  displayName: 'Pods',
  fields: { sourceUid: f.string },
  output: { podName: f.string, podIp: f.ipAddress, podLabels: f.stringMap },
  outputPrefix: 'adapter_template_pods.output.',
});
export const toyTemplates: readonly Template[] = [listentry, lookup, quota, metric, everything, pods];

const toyConfig = s.message({
  label: s.string('none'),
  limit: s.int32(7),
  nested: s.message({ list: s.list(s.string()) }),
});

/** What a toy adapter was asked to do, and the means to make it misbehave. */
export interface Toy {
  readonly adapter: Adapter;
  /** `build h.default`, `close h.default`, in order. */
  readonly events: string[];
  readonly inputs: BuildInput<{ readonly label: string; readonly limit: number }>[];
  /** What `build` gives instead of a sound handler. */
  build: ((handler: Handler) => unknown) | undefined;
  /** What `close` does besides being noted. */
  close: (() => void | Promise<void>) | undefined;
}

/** An adapter that serves all toy templates, or those given. It answers OK and notes what happens to it. */
export function createToy(name: string, templates: readonly Template[] = toyTemplates): Toy {
  const toy: Toy = {
    events: [],
    inputs: [],
    build: undefined,
    close: undefined,
    adapter: defineAdapter({
      name,
      description: 'A toy.',
      templates,
      config: toyConfig,
      validate(config, report) {
        if (config.limit < 0) report('limit', 'must not be negative');
        if (config.label === 'explode') throw new Error('validate exploded');
        for (const [index, item] of config.nested.list.entries()) {
          if (item === 'bad') report(`nested.list[${index}]`, 'is bad');
        }
      },
      build(input) {
        toy.inputs.push(input);
        toy.events.push(`build ${input.config.label}`);
        const handler = {
          handleListEntry: () => ({ status: { code: 0, message: '' } }),
          handleLookup: () => ({ result: {}, output: { userName: 'ann' } }),
          handleQuota: () => ({ amount: 1n }),
          handleMetric: () => undefined,
          handleEverything: () => undefined,
          generatePodsAttributes: () => ({ podName: 'pod-1' }),
          close: () => {
            toy.events.push(`close ${input.config.label}`);
            return toy.close?.();
          },
        } as unknown as Handler;
        return (toy.build?.(handler) ?? handler) as never;
      },
    }),
  };
  return toy;
}

/** Reads YAML that must be sound as far as the envelope goes; namespace `ns` when none is named. */
export function resourcesOf(yaml: string, file = 'a.yaml'): readonly Resource[] {
  const { resources, diagnostics } = parseResources(yaml, { file, defaultNamespace: 'ns' });
  assert.deepEqual(diagnostics.map(formatDiagnostic), []);
  return resources;
}

/** Compiles YAML with a toy adapter `toy` and one `narrow` that takes quotas only. */
export function compileYaml(yaml: string, options: Partial<ConfigurationInput> = {}): Configuration {
  return compileConfiguration({
    resources: resourcesOf(yaml),
    adapters: [createToy('toy').adapter, createToy('narrow', [quota]).adapter],
    templates: toyTemplates,
    ...options,
  });
}

/** `line:column severity CODE` of each diagnostic. */
export function places(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ line, column, severity, code }) => `${line}:${column} ${severity} ${code}`);
}

/** A resource in one line of flow YAML. */
export function doc(kind: string, name: string, spec: string): string {
  return `kind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n---\n`;
}

/** What one resource rule says about YAML. */
export function judge(rule: ResourceRule, yaml: string): readonly string[] {
  const kinds = createKinds([createToy('toy').adapter], toyTemplates);
  const found = resourcesOf(yaml).map((resource) => rule({ resource, role: kinds.roleOf(resource.kind) }, kinds));
  return places(found.filter((one) => one !== undefined));
}
