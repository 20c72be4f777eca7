import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { builtInAdapters } from '../../src/cli/inventory.js';
import { loadAdapters } from '../../src/cli/load-adapter.js';
import { parseResources } from '../../src/config/index.js';
import { createFileRegistry, createModel } from '../../src/pilot/index.js';
import { compileConfiguration } from '../../src/runtime/index.js';
import { templates } from '../../src/templates/index.js';
import { formatDiagnostic } from '../../src/util/diagnostics.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const below = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
const pages = [...readdirSync(root), ...['docs', 'src', 'bench', 'test', 'examples'].flatMap(below)].filter(
  (path) => path.endsWith('.md') && !path.includes('node_modules'),
);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const adapters = await loadAdapters(builtInAdapters, root);

/** Fenced blocks of one language, with the line of each fence. */
function blocks(text: string, language: string): { readonly line: number; readonly text: string }[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(fence)].map(({ 1: body = '', index }) => ({
    line: text.slice(0, index).split('\n').length,
    text: body,
  }));
}

describe('examples in the documentation', () => {
  // What the example adapter says about itself is checked by its own suite; adapters that are not loaded have no YAML.
  const isLoaded = (page: string): boolean =>
    !page.startsWith('examples') &&
    (!page.startsWith(join('src', 'adapters')) ||
      adapters.some(({ name }) => page.includes(join('adapters', name, ''))));
  for (const page of pages.filter(isLoaded)) {
    for (const block of blocks(read(page), 'yaml').filter(({ text }) => /^kind: /m.test(text))) {
      it(`load: ${page}, line ${block.line}`, () => {
        const state = parseResources(block.text, { file: page, defaultNamespace: 'default' });
        const { resources, diagnostics } = state;
        assert(resources.length > 0);
        const registries = [createFileRegistry({ current: () => state, onChange: () => () => undefined })];
        const found = [
          ...diagnostics,
          ...compileConfiguration({ resources, adapters, templates }).diagnostics,
          ...createModel({ resources, registries }).diagnostics,
        ];
        assert.deepEqual(found.map(formatDiagnostic), []);
      });
    }
  }
});

describe('links in the documentation', () => {
  for (const page of pages) {
    it(`lead somewhere: ${page}`, () => {
      const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
      const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
      const broken = targets
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [path = '', anchor] = target.split('#');
          const file = path === '' ? page : join(dirname(page), path);
          if (!existsSync(join(root, file))) return true;
          return anchor !== undefined && !anchors(read(file)).includes(anchor);
        });
      assert.deepEqual(broken, []);
    });
  }
});

function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('READMEs of adapters', () => {
  for (const { name } of adapters) {
    const text = read(`src/adapters/${name}/README.md`);

    it(`${name} has the sections in order`, () => {
      const titles = [...text.matchAll(/^(#{1,2} .+)$/gm)].map(([, title]) => title);
      assert.deepEqual(titles, [`# ${name}`, '## Configuration', '## Example', '## Behaviour', '## Errors']);
    });

    it(`${name} names the templates it serves`, () => {
      const [, said = ''] = /^Serves ([\s\S]*?)\.$/m.exec(text) ?? [];
      const served = adapters.find((one) => one.name === name)?.templates.map((one) => one.name) ?? [];
      assert.deepEqual([...said.matchAll(/`(\w+)`/g)].map(([, one]) => one).sort(), [...served].sort());
    });
  }

  it('are all linked from the front page', () => {
    for (const { name } of adapters) {
      assert(read('README.md').includes(`(src/adapters/${name}/README.md)`), name);
    }
  });
});

it('the front page names the default ports and flags that the command line has', () => {
  const sources = ['mixer-flags.ts', 'telemetry-option.ts', 'proxy/proxy-flags.ts'];
  const flags = sources.map((name) => read(join('src/cli', name))).join('');
  const commandLine = blocks(read('README.md'), '')
    .map(({ text }) => text)
    .join('\n');
  for (const [, flag = ''] of `${commandLine}${read('README.md')}`.matchAll(/--([a-z][A-Za-z]+)\b/g)) {
    const known = flags.includes(`--${flag} `) || /^(once|stringmap|print|report)/.test(flag) || flag === 'namespace';
    assert(known, `--${flag}`);
  }
});

for (const [name, source] of [
  ['proxy', 'src/cli/proxy/proxy-flags.ts'],
  ['pilot', 'src/cli/pilot/pilot-flags.ts'],
] as const) {
  it(`the page of the ${name} names all flags of the command, and no others`, () => {
    const code = read(source).replace(/^const refused[\s\S]*?^\];$/m, '');
    const known = [...code.matchAll(/'--([\w-]+)[ ']/g)].map(([, flag]) => flag);
    const rows = read(`docs/${name}.md`)
      .split('\n')
      .filter((line) => line.startsWith('| `--'));
    const told = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/--([\w-]+)/g)].map(([, flag]) => flag));
    assert.deepEqual(told.sort(), known.sort());
  });
}
