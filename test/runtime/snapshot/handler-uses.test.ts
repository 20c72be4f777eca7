import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileYaml, doc } from '../../support/toys.js';

const handler = (label: string) => doc('handler', 'h', `{ compiledAdapter: toy, params: { label: ${label} } }`);
const metric = (name: string, spec: string) => doc('metric', name, spec);
const rule = (instances: string) => doc('rule', 'r', `{ actions: [{ handler: h, instances: [${instances}] }] }`);
const signature = (yaml: string): string => compileYaml(yaml).uses[0]!.signature;

describe('collectUses', () => {
  const base = handler('x') + metric('a', '{ value: response.size }') + rule('a.metric');

  it('gives the inferred types by template and instance', () => {
    const { types } = compileYaml(base).uses[0]!;
    const given = types as unknown as Readonly<Record<string, ReadonlyMap<string, { readonly value: string }>>>;
    assert.equal(given['metric']!.get('a.metric.ns')!.value, 'INT64');
    assert.equal(given['listentry']!.size, 0);
  });

  it('leaves out handlers that no rule uses', () => {
    assert.deepEqual(compileYaml(handler('x') + metric('a', '{}')).uses, []);
  });

  it('orders handlers by key', () => {
    const rules = doc(
      'rule',
      'r',
      '{ actions: [{ handler: z, instances: [a.metric] }, { handler: b, instances: [a.metric] }] }',
    );
    const handlers = doc('handler', 'z', '{ compiledAdapter: toy }') + doc('handler', 'b', '{ compiledAdapter: toy }');
    const { uses } = compileYaml(handlers + metric('a', '{}') + rules);
    assert.deepEqual(uses.map(({ config }) => config.name), ['b.ns', 'z.ns']); // prettier-ignore
  });

  const changes: Readonly<Record<string, string>> = {
    params: handler('other') + metric('a', '{ value: response.size }') + rule('a.metric'),
    'an instance’s params': handler('x') + metric('a', '{ value: request.size }') + rule('a.metric'),
    'an instance’s name': handler('x') + metric('b', '{ value: response.size }') + rule('b.metric'),
    'one more instance': base.replace('[a.metric]', '[a.metric, b.metric]') + metric('b', '{}'),
    'an inferred type':
      metric('a', '{ value: my.attr }') +
      handler('x') +
      rule('a.metric') +
      doc('attributemanifest', 'm', '{ attributes: { my.attr: { valueType: STRING } } }'),
  };
  for (const [what, yaml] of Object.entries(changes)) {
    it(`signs ${what}`, () => {
      const other = what === 'an inferred type' ? yaml.replace('valueType: STRING', 'valueType: INT64') : base;
      assert.notEqual(signature(yaml), signature(other));
    });
  }

  it('does not sign what a handler cannot see', () => {
    const moved = `# moved\n${rule('a.metric')}${metric('a', '{ value: response.size }')}${metric('unused', '{}')}${handler('x')}`;
    assert.equal(signature(moved), signature(base));
    assert.equal(signature(base.replace('actions:', 'match: connection.mtls, actions:')), signature(base));
  });
});
