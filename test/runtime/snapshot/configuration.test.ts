import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { templates } from 'fairlead/templates';
import { loadPaths } from '../../../src/config/index.js';
import { compileConfiguration, type Configuration } from '../../../src/runtime/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { s } from '../../../src/util/schema.js';
import { compileYaml, createToy, doc, places, resourcesOf, toyTemplates } from '../../support/toys.js';

const handler = doc('handler', 'h', '{ compiledAdapter: toy }');
const metric = doc('metric', 'm', '{ value: my.attr }');
const manifest = (type: string) => doc('attributemanifest', 'a', `{ attributes: { my.attr: { valueType: ${type} } } }`);
const rule = doc('rule', 'r', '{ match: my.attr == 1, actions: [{ handler: h, instances: [m.metric] }] }');
const codes = ({ diagnostics }: Configuration) => diagnostics.map(({ severity, code }) => `${severity} ${code}`);

describe('compileConfiguration', () => {
  it('compiles what is sound without a word', () => {
    const configuration = compileYaml(rule + metric + handler + manifest('INT64'));
    assert.deepEqual(codes(configuration), []);
    assert.equal(configuration.rules[0]!.actions.length, 1);
    assert.deepEqual(configuration.uses.map(({ config }) => config.name), ['h.ns']); // prettier-ignore
    assert.equal(configuration.good.size, 4);
  });

  it('reports a broken manifest alone, and not all that uses its attributes', () => {
    const configuration = compileYaml(rule + metric + handler + manifest('NO_TYPE'));
    assert.deepEqual(codes(configuration), ['error FIELD_VALUE']);
    assert.deepEqual(configuration.rules, []);
  });

  it('reports an attribute of no manifest where it is used', () => {
    assert.deepEqual(codes(compileYaml(rule + metric + handler)), [
      'error EXPRESSION_INVALID',
      'error EXPRESSION_INVALID',
    ]);
  });

  it('lets the later of two resources count, with a warning', () => {
    const configuration = compileYaml(metric + doc('metric', 'm', '{ value: "1" }'));
    assert.deepEqual(places(configuration.diagnostics), ['6:19 warning DUPLICATE_RESOURCE']);
  });

  it('does not mix up resources of different kinds or namespaces', () => {
    const yaml = doc('quota', 'm', '{}') + doc('metric', 'm', '{}') + doc('metric', 'm, namespace: other', '{}');
    assert.deepEqual(codes(compileYaml(yaml)), []);
  });

  it('sorts what it found by place', () => {
    const yaml = doc('rule', 'r', '{ nope: 1 }') + doc('metric', 'm', '{ nope: 1 }') + doc('Service', 's', '{}');
    assert.deepEqual(places(compileYaml(yaml).diagnostics), [
      '3:9 error UNKNOWN_FIELD',
      '7:9 error UNKNOWN_FIELD',
      '9:7 info KIND_NOT_OURS',
    ]);
  });

  it('keeps the last good version of whatever breaks, and tells', () => {
    const sound = compileYaml(rule + metric + handler + manifest('INT64'));
    const breakage =
      doc('rule', 'r', '{ match: nope }') +
      doc('metric', 'm', '{ value: 1 }') +
      doc('handler', 'h', '{ compiledAdapter: toy, params: { limit: -1 } }') +
      manifest('NO_TYPE');
    const kept = compileYaml(breakage, { former: sound.good });
    assert.equal(kept.rules[0]!.condition!.source, 'my.attr == 1');
    assert.equal(kept.uses[0]!.signature, sound.uses[0]!.signature);
    assert.equal(kept.diagnostics.length, 4);
    for (const { message } of kept.diagnostics) assert.match(message, /the former version stays in force$/);
    assert.deepEqual([...kept.good.values()], [...sound.good.values()]);
  });

  it('forgets the good version of what is deleted', () => {
    const sound = compileYaml(rule + metric + handler + manifest('INT64'));
    const deleted = compileYaml(metric + handler + manifest('INT64'), { former: sound.good });
    assert.equal(deleted.good.size, 3);
    assert.deepEqual(compileYaml(doc('rule', 'r', '{ nope: 1 }'), { former: deleted.good }).rules, []);
  });

  it('drops a resource that broke because something else is gone', () => {
    const sound = compileYaml(rule + metric + handler + manifest('INT64'));
    const without = compileYaml(rule + metric + handler, { former: sound.good });
    assert.deepEqual(without.rules, []);
    assert.deepEqual(codes(without), ['error EXPRESSION_INVALID', 'error EXPRESSION_INVALID']);
  });

  it('goes back to a good version whose manifest was away in between', () => {
    const others = metric + handler;
    const sound = compileYaml(rule + others + manifest('INT64'));
    const broken = doc('rule', 'r', '{ match: nope }');
    const without = compileYaml(broken + others, { former: sound.good });
    assert.deepEqual(without.rules, []);
    const again = compileYaml(broken + others + manifest('INT64'), { former: without.good });
    assert.equal(again.rules[0]!.condition!.source, 'my.attr == 1');
  });

  it('keeps the rules that read the other attributes of a manifest with one that has no type', () => {
    const half = doc('attributemanifest', 'a', '{ attributes: { my.attr: { valueType: INT64 }, other: {} } }');
    const configuration = compileYaml(rule + metric + handler + half);
    assert.deepEqual(codes(configuration), ['error FIELD_VALUE']);
    assert.equal(configuration.rules.length, 1);
  });

  it('survives resources named like parts of objects', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const yaml =
        doc('handler', name, '{ compiledAdapter: toy }') +
        doc('metric', name, `{ dimensions: { ${name}: source.uid } }`) +
        doc('attributemanifest', name, `{ attributes: { ${name}: { valueType: STRING } } }`) +
        doc('rule', name, `{ match: ${name} == "", actions: [{ handler: ${name}, instances: [${name}.metric] }] }`);
      const configuration = compileYaml(yaml);
      assert.deepEqual(configuration.diagnostics.map(formatDiagnostic), []);
      assert.equal(configuration.uses.length, 1);
    }
  });
});

const samples = '../shared/istio-samples';
const loose = ['denier', 'listchecker', 'memquota', 'prometheus', 'stdio', 'noop'].map((name) => ({
  ...createToy(name, templates).adapter,
  config: s.message({}),
}));

describe('compileConfiguration on the samples', { skip: !existsSync(samples) && 'the samples are not here' }, () => {
  const paths = ['policy', 'telemetry'].flatMap((folder) => {
    const path = join(samples, 'samples/bookinfo', folder);
    return existsSync(path) ? readdirSync(path).map((file) => join(path, file)) : [];
  });
  for (const path of [join(samples, 'mixer/testdata/config'), ...paths]) {
    it(`finds no errors but of adapters that it was not given in ${path.slice(samples.length + 1)}`, async () => {
      const { resources, diagnostics } = await loadPaths([path], { defaultNamespace: 'default' });
      const configuration = compileConfiguration({ resources, adapters: loose, templates });
      // The adapters' own fields are theirs to test.
      const errors = [...diagnostics, ...configuration.diagnostics].filter(
        ({ severity, code, path: at }) =>
          severity === 'error' &&
          !['UNKNOWN_ADAPTER', 'HANDLER_NOT_FOUND', 'NOT_SUPPORTED_YET'].includes(code) &&
          !(code === 'UNKNOWN_FIELD' && /^(handler|memquota|listchecker|denier|prometheus|stdio) /.test(at ?? '')),
      );
      assert.ok(resources.length > 0);
      assert.deepEqual(errors.map(formatDiagnostic), []);
    });
  }
});

describe('compileConfiguration on many rules', () => {
  it('compiles 2,000 rules', () => {
    const rules = Array.from({ length: 2000 }, (_, index) =>
      doc(
        'rule',
        `r${index}`,
        `{ match: request.path == "/${index}", actions: [{ handler: h, instances: [m.metric] }] }`,
      ),
    ).join('');
    const resources = resourcesOf(handler + doc('metric', 'm', '{ value: "1" }') + rules);
    const started = process.cpuUsage();
    const configuration = compileConfiguration({
      resources,
      adapters: [createToy('toy').adapter],
      templates: toyTemplates,
    });
    const { user, system } = process.cpuUsage(started);
    assert.equal(configuration.rules.length, 2000);
    assert.deepEqual(codes(configuration), []);
    assert.ok((user + system) / 1000 < 2000, `took ${(user + system) / 1000} ms`);
  });
});
