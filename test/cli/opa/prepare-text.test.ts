import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';

import { parse, parseAllDocuments } from 'yaml';

import { type Compile, prepareText } from '../../../src/cli/opa/prepare-text.js';

const wasm = Buffer.concat([Buffer.from('\0asm', 'latin1'), Buffer.alloc(600, 'random enough')]);
const compile: Compile = ({ policy, checkMethod }) =>
  policy[0] === 'bad'
    ? Promise.reject(new Error('no'))
    : Promise.resolve(Buffer.concat([wasm, Buffer.from(checkMethod)]));

interface Params {
  readonly policyWasm: string;
  readonly policy?: unknown;
}
const unpack = ({ policyWasm }: Params): string => gunzipSync(Buffer.from(policyWasm, 'base64')).toString('latin1');

describe('prepareText()', () => {
  it('takes a handler of the adapter, with either spelling of the query', async () => {
    for (const name of ['checkMethod', 'check_method']) {
      const text = `kind: handler\nspec: { compiledAdapter: opa, params: { policy: [a], ${name}: data.q } }\n`;
      const { text: prepared, handlers } = await prepareText(text, compile);
      const { params } = (parse(prepared) as { readonly spec: { readonly params: Params } }).spec;
      assert.equal(handlers, 1);
      assert.equal(params.policy, undefined);
      assert.ok(unpack(params).endsWith('data.q'));
    }
  });

  it('takes the legacy kind', async () => {
    const { text } = await prepareText('kind: opa\nspec: { policy: [a], checkMethod: data.q }\n', compile);
    assert.ok(unpack((parse(text) as { readonly spec: Params }).spec).endsWith('data.q'));
  });

  it('takes the items of a list', async () => {
    const item = '- { kind: opa, metadata: { name: x }, spec: { policy: [a], checkMethod: data.q } }\n';
    assert.equal((await prepareText(`kind: List\nitems:\n${item}${item}`, compile)).handlers, 2);
  });

  it('keeps other documents and values as they are written', async () => {
    const text = "a: yes\nb: '012'\nc: 012\n---\nkind: opa\nspec: { policy: [a], checkMethod: data.q }\n";
    const [first] = parseAllDocuments((await prepareText(text, compile)).text, { version: '1.1' });
    assert.deepEqual(first?.toJSON(), { a: true, b: '012', c: 10 });
  });

  for (const [what, text] of [
    ['another adapter', 'kind: handler\nspec: { compiledAdapter: noop, params: { policy: [a] } }\n'],
    ['a compiled policy', 'kind: opa\nspec: { policyFile: /a.wasm, checkMethod: data.q }\n'],
    ['no resource', '- a\n---\nb\n---\n'],
    ['nothing', ''],
  ] as const) {
    it(`leaves ${what} alone to the letter`, async () => {
      assert.deepEqual(await prepareText(text, compile), { text, handlers: 0, problems: [] });
    });
  }

  const rows = [
    ['{ policy: [bad], checkMethod: data.q }', 'no'],
    ['{ policy: [], checkMethod: data.q }', 'policy must be a list of Rego modules'],
    ['{ policy: a, checkMethod: data.q }', 'policy must be a list of Rego modules'],
    ['{ policy: [1], checkMethod: data.q }', 'policy must be a list of Rego modules'],
    ['{ policy: [a] }', 'check method is not configured'],
    ['{ policy: [a], checkMethod: "" }', 'check method is not configured'],
  ];
  for (const [spec, problem] of rows) {
    it(`tells that ${problem} for ${spec}`, async () => {
      const { problems } = await prepareText(`kind: opa\nmetadata: { name: who }\nspec: ${spec}\n`, compile);
      assert.deepEqual(problems, [`handler "who": ${problem}`]);
    });
  }

  it('refuses what is not YAML', async () => {
    await assert.rejects(prepareText('a: [', compile), { code: 'USAGE', message: /^not YAML: / });
  });
});
