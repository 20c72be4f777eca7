import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildRoutingTable } from '../../../src/runtime/routing/build.js';
import type { NamespaceRoutes, Phase } from '../../../src/runtime/routing/table.js';
import { handler as entryOf } from '../../support/dispatch-fixture.js';
import { compileYaml, doc } from '../../support/toys.js';

const parts =
  doc('handler', 'b', '{ compiledAdapter: toy }') +
  doc('handler', 'a', '{ compiledAdapter: toy }') +
  doc('listentry', 'l', '{}') +
  doc('lookup', 'o', '{}') +
  doc('metric', 'm', '{}') +
  doc('quota', 'q', '{}') +
  doc('pods', 'p', '{}');

function build(rules: string, missing: readonly string[] = []) {
  const configuration = compileYaml(parts + rules);
  assert.deepEqual(configuration.diagnostics, []);
  const keys = configuration.uses.map(({ config }) => config).filter(({ name }) => !missing.includes(name));
  const handlers = new Map(keys.map(({ key, name }) => [key, entryOf(name, {})]));
  return buildRoutingTable(configuration, handlers, { defaultNamespace: 'istio-system' });
}
const rule = (name: string, actions: string, more = '') => doc('rule', name, `{ ${more} actions: [${actions}] }`);
const action = (handler: string, ...instances: readonly string[]) =>
  `{ handler: ${handler}.handler.ns, instances: [${instances.map((one) => `${one}.ns`).join()}] }`;
const show = (routes: NamespaceRoutes, phase: Phase = 'CHECK') =>
  routes.steps[phase].map(({ destination, rule: name, builders }) => {
    return `${destination.handler.name} ${name} ${builders.map((one) => one.name).join()}`;
  });
const entry = 'l.listentry';

describe('buildRoutingTable', () => {
  it('makes bags keep what rules, instances, bindings and the choice of the namespace read, and no more', () => {
    const { table } = build(
      doc('pods', 'g', '{ attribute_bindings: { source.name: $out.pod_name | source.uid } }') +
        rule(
          'r',
          `${action('a', entry)}, ${action('b', 'g.pods')}`,
          `match: 'source.labels["a"] == "b" || request.size == 1',`,
        ),
    );
    const { vocabulary } = table;
    const kept = vocabulary.names().filter((_, slot) => vocabulary.isKept(slot));
    assert.deepEqual(kept.sort(), [
      'context.reporter.kind',
      'destination.namespace',
      'request.size',
      'source.labels',
      'source.name',
      'source.namespace',
      'source.uid',
    ]);
  });

  it('orders by handler name, then rule name, then position', () => {
    const { table } = build(
      rule('r2', `${action('a', entry)}, ${action('a', 'o.lookup')}`) +
        rule('r10', `${action('b', entry)}, ${action('a', entry)}`) +
        rule('r1', action('b', entry)),
    );
    assert.deepEqual(show(table.namespaces.get('ns')!), [
      'a.ns r10.rule.ns l.listentry.ns',
      'a.ns r2.rule.ns l.listentry.ns',
      'a.ns r2.rule.ns o.lookup.ns',
      'b.ns r1.rule.ns l.listentry.ns',
      'b.ns r10.rule.ns l.listentry.ns',
    ]);
  });

  it('files actions by variety, checks with output under checks', () => {
    const all = [entry, 'o.lookup', 'm.metric', 'q.quota', 'p.pods'];
    const { table } = build(rule('r', action('a', ...all)));
    const routes = table.namespaces.get('ns')!;
    assert.deepEqual(show(routes, 'CHECK'), ['a.ns r.rule.ns l.listentry.ns', 'a.ns r.rule.ns o.lookup.ns']);
    assert.deepEqual(show(routes, 'REPORT'), ['a.ns r.rule.ns m.metric.ns']);
    assert.deepEqual(show(routes, 'QUOTA'), ['a.ns r.rule.ns q.quota.ns']);
    assert.deepEqual(show(routes, 'ATTRIBUTE_GENERATOR'), ['a.ns r.rule.ns p.pods.ns']);
  });

  it('numbers destinations by handler name, then template name, for a Report calls them in this order', () => {
    const { table } = build(
      rule('r1', action('b', 'm.metric')) + rule('r2', action('a', 'm.metric', entry)) + rule('r3', action('b', entry)),
    );
    assert.deepEqual(
      table.destinations.map(({ index, handler, template }) => `${index} ${handler.name} ${template.name}`),
      ['0 a.ns listentry', '1 a.ns metric', '2 b.ns listentry', '3 b.ns metric'],
    );
  });

  it('numbers each pair of handler and template once', () => {
    const two = `${action('a', entry)}, ${action('a', 'm.metric', entry)}`;
    const { destinations } = build(rule('r1', two) + rule('r2', two)).table;
    assert.deepEqual(
      destinations.map(({ index, handler, template }) => `${index} ${handler.name} ${template.name}`),
      ['0 a.ns listentry', '1 a.ns metric'],
    );
  });

  it('merges the default namespace into every other one, in order', () => {
    const { table } = build(
      rule('r2, namespace: istio-system', action('a', entry)) +
        rule('r1', action('a', entry)) +
        rule('r2', action('a', entry)) +
        rule('r3, namespace: other', action('a', 'm.metric')),
    );
    assert.deepEqual(show(table.namespaces.get('ns')!), [
      'a.ns r1.rule.ns l.listentry.ns',
      'a.ns r2.rule.istio-system l.listentry.ns',
      'a.ns r2.rule.ns l.listentry.ns',
    ]);
    assert.deepEqual(show(table.namespaces.get('other')!), ['a.ns r2.rule.istio-system l.listentry.ns']);
    assert.deepEqual(show(table.fallback), ['a.ns r2.rule.istio-system l.listentry.ns']);
    assert.equal(table.namespaces.get('istio-system'), table.fallback);
  });

  it('has an empty fallback without rules in the default namespace', () => {
    const { fallback, namespaces } = build('').table;
    assert.deepEqual([fallback.steps.CHECK, fallback.headers, namespaces.size], [[], [], 1]);
  });

  const header = 'requestHeaderOperations: [{ name: a, values: [request.path] }],';
  it('merges header operations as well', () => {
    const { table } = build(
      rule('z, namespace: istio-system', '', `match: connection.mtls, ${header}`) +
        rule('h', '', header) +
        rule('r', action('a', entry)),
    );
    const { headers } = table.namespaces.get('ns')!;
    assert.deepEqual(
      headers.map((group) => `${group.rule} ${group.condition?.source ?? '-'} ${group.request.length}`),
      ['h.rule.ns - 1', 'z.rule.istio-system connection.mtls 1'],
    );
    assert.deepEqual(table.fallback.headers, [headers[1]]);
  });

  it('leaves out and counts actions whose handler is not there', () => {
    const rules = rule('r', `${action('a', entry)}, ${action('b', entry)}`) + rule('s', action('b', entry));
    const { table, unsatisfied } = build(rules, ['b.ns']);
    assert.equal(unsatisfied, 2);
    assert.deepEqual(show(table.namespaces.get('ns')!), ['a.ns r.rule.ns l.listentry.ns']);
  });

  it('knows where the attributes are that choose the namespace', () => {
    const { vocabulary, selectors } = build('').table;
    assert.deepEqual(
      [selectors.reporterKind, selectors.sourceNamespace, selectors.destinationNamespace].map((slot) =>
        vocabulary.nameOf(slot),
      ),
      ['context.reporter.kind', 'source.namespace', 'destination.namespace'],
    );
  });
});
