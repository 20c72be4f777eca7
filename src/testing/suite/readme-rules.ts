import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { decodeSpec, parseResources, type Resource, specValue } from '../../config/index.js';
import type { Adapter } from '../../sdk/index.js';
import type { Rig } from './rig.js';
import type { Rule } from './rule.js';

const sections = ['Configuration', 'Example', 'Behaviour', 'Errors'];
const yamlBlock = /^```ya?ml\n([\s\S]*?)^```$/gm;

/** What operators are told. */
export const readmeRules: readonly Rule[] = [
  {
    id: 'A-18',
    title: 'has a README with all sections, which names every parameter',
    applies: hasReadme,
    run: async (rig) => {
      const text = await readReadme(rig);
      assert.ok(text.startsWith(`# ${rig.adapter.name}\n\n`), 'the title is the name, a sentence follows');
      const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(
        headings.filter((heading) => sections.includes(heading ?? '')),
        sections,
        'the sections are there, in this order',
      );
      for (const field of Object.keys(rig.adapter.config.fields)) {
        assert.match(text, new RegExp(`\`${field}\\b`), `"${field}" is explained`);
      }
    },
  },
  {
    id: 'A-19',
    title: 'has examples in its README that load, at least one of them with a handler',
    applies: hasReadme,
    run: async (rig) => {
      const blocks = [...(await readReadme(rig)).matchAll(yamlBlock)].map(([, block]) => block ?? '');
      const handlers = blocks.flatMap((block) => handlersIn(block, rig.adapter));
      assert.ok(handlers.length > 0, 'an example has a handler of this adapter');
    },
  },
];

function hasReadme({ options }: Rig): boolean {
  return options.readme !== undefined;
}

async function readReadme({ options }: Rig): Promise<string> {
  return readFile(options.readme ?? '', 'utf8');
}

/** The names of the adapter's handlers in a YAML text, all of which must be sound. */
function handlersIn(text: string, adapter: Adapter): readonly string[] {
  const { resources, diagnostics } = parseResources(text, { file: 'README.md', defaultNamespace: 'default' });
  assert.deepEqual(diagnostics, [], 'the example is sound YAML');
  const handlers = resources.filter((resource) => isHandlerOf(resource, adapter));
  for (const handler of handlers) {
    const decoded = decodeSpec(handler, adapter.config, handler.kind === 'handler' ? 'spec.params' : 'spec');
    const problems = decoded.diagnostics.map(({ path, message }) => `${path ?? ''}: ${message}`);
    if (problems.length === 0) {
      adapter.validate?.(decoded.value, (path, message, severity) => {
        if (severity !== 'warning') problems.push(`${path}: ${message}`);
      });
    }
    assert.deepEqual(problems, [], `handler "${handler.name}" is sound`);
  }
  return handlers.map(({ name }) => name);
}

function isHandlerOf(resource: Resource, { name }: Adapter): boolean {
  return resource.kind === 'handler' ? specValue(resource, 'spec.compiledAdapter') === name : resource.kind === name;
}
