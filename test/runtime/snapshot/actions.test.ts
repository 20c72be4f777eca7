import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileYaml, doc, places } from '../../support/toys.js';

const parts =
  doc('handler', 'h', '{ compiledAdapter: toy }') +
  doc('handler', 'narrow', '{ compiledAdapter: narrow }') +
  doc('handler', 'broken', '{ compiledAdapter: toy, params: { limit: -1 } }') +
  doc('toy', 'legacy', '{}') +
  doc('metric', 'm', '{}') +
  doc('quota', 'q', '{}') +
  doc('instance', 'i', '{ compiledTemplate: listentry }') +
  doc('metric', 'bad', '{ value: nope }') +
  doc('lookup', 'l', '{}');
const before = parts.split('\n').length - 1;

/** Compiles one rule with these actions; lines of diagnostics count from the rule. */
function compile(actions: string) {
  const { rules, diagnostics } = compileYaml(parts + doc('rule', 'r', `{ actions: ${actions} }`));
  const own = diagnostics.filter(({ line }) => (line ?? 0) > before);
  const shown = rules[0]?.actions.map(({ position, handler, template, instances }) => {
    return `${position} ${handler.name} ${template.name} ${instances.map(({ key }) => key).join()}`;
  });
  return { actions: shown, rule: rules[0], found: places(own).map((place) => place.replace(/^\d+:/, '')), own };
}

describe('compileActions', () => {
  it('resolves references in all their forms', () => {
    const forms =
      '[{ handler: h, instances: [i, q.quota, m.metric.ns] }, { handler: h.ns, instances: [i.ns] }, { handler: legacy.toy, instances: [i] }]';
    assert.deepEqual(compile(forms).actions, [
      '0 h.ns listentry i.instance.ns',
      '0 h.ns quota q.quota.ns',
      '0 h.ns metric m.metric.ns',
      '1 h.ns listentry i.instance.ns',
      '2 legacy.toy.ns listentry i.instance.ns',
    ]);
  });

  it('drops an action whose handler does not exist', () => {
    const { actions, found, own } = compile('[{ handler: nope, instances: [i] }, { instances: [i] }]');
    assert.deepEqual(actions, []);
    assert.deepEqual(found, ['30 error HANDLER_NOT_FOUND', '54 error HANDLER_NOT_FOUND']);
    assert.equal(own[0]!.path, "rule 'r.ns' actions[0].handler");
  });

  it('drops an instance that does not exist', () => {
    const { actions, found } = compile('[{ handler: h, instances: [nope, i] }]');
    assert.deepEqual(actions, ['0 h.ns listentry i.instance.ns']);
    assert.deepEqual(found, ['45 error INSTANCE_NOT_FOUND']);
  });

  it('keeps the first of an instance that is listed twice, however it is written', () => {
    const { actions, found } = compile('[{ handler: h, instances: [i, i.instance] }]');
    assert.deepEqual(actions, ['0 h.ns listentry i.instance.ns']);
    assert.deepEqual(found, ['48 error INSTANCE_DUPLICATE']);
  });

  it('drops an instance whose template the adapter does not take', () => {
    const { actions, found, own } = compile('[{ handler: narrow, instances: [q.quota, i] }]');
    assert.deepEqual(actions, ['0 narrow.ns quota q.quota.ns']);
    assert.deepEqual(found, ['59 error TEMPLATE_NOT_SERVED']);
    assert.equal(own[0]!.message, "handler 'narrow.ns' (narrow) does not take template 'listentry', only quota");
  });

  it('warns of an action without instances', () => {
    assert.deepEqual(compile('[{ handler: h }]').found, ['19 warning ACTION_EMPTY']);
    assert.deepEqual(compile('[{ handler: h, instances: [] }]').found, ['44 warning ACTION_EMPTY']);
  });

  const silent: Readonly<Record<string, string>> = {
    'a broken handler': '[{ handler: broken, instances: [i] }]',
    'a broken instance': '[{ handler: h, instances: [bad.metric] }]',
  };
  for (const [what, actions] of Object.entries(silent)) {
    it(`says nothing more about ${what}`, () => {
      const compiled = compile(actions);
      assert.deepEqual([compiled.actions, compiled.found], [[], []]);
    });
  }

  it('gives the outputs of a named check-with-output a slot of their own', () => {
    const { rule } = compile('[{ handler: h, instances: [l.lookup], name: x }, { handler: h, instances: [l.lookup] }]');
    const [named, unnamed] = rule!.actions;
    assert.deepEqual(named!.outputs!.map(([field]) => field), ['userName', 'pin']); // prettier-ignore
    assert.equal(unnamed!.outputs, undefined);
  });
});
