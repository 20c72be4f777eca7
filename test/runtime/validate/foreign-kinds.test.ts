import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kinds as pilotKinds } from '../../../src/pilot/index.js';
import { createKinds } from '../../../src/runtime/kinds.js';
import { foreignKinds, kindsOfPilot } from '../../../src/runtime/validate/foreign-kinds.js';
import { doc, judge, resourcesOf } from '../../support/toys.js';

describe('foreignKinds', () => {
  for (const kind of ['Service', 'Deployment', 'Rule']) {
    it(`tells that ${kind} is not read`, () => {
      assert.deepEqual(judge(foreignKinds, doc(kind, 'a', '{ whatever: 1 }')), ['1:7 info KIND_NOT_OURS']);
    });
  }

  it('names the kind that a misspelt one of the same group means', () => {
    const message = (kind: string, group = 'config.istio.io'): string | undefined => {
      const text = `apiVersion: ${group}/v1alpha2\n${doc(kind, 'a', '{}')}`;
      const [resource] = resourcesOf(text);
      const kinds = createKinds([], []);
      const found = foreignKinds({ resource: resource!, role: kinds.roleOf(kind) }, kinds);
      return found?.message;
    };
    assert.equal(message('handlr'), "kind 'handlr' is not read by fairlead; did you mean handler?");
    assert.equal(message('Deployment'), "kind 'Deployment' is not read by fairlead");
    assert.equal(message('QuotaSpec'), undefined);
    assert.equal(message('QuotaSpek'), "kind 'QuotaSpek' is not read by fairlead; did you mean QuotaSpec?");
    const traffic = message('DestinatonRule', 'networking.istio.io');
    assert.equal(traffic, "kind 'DestinatonRule' is not read by fairlead; did you mean DestinationRule?");
    assert.equal(message('handlr', 'acme.example'), "kind 'handlr' is not read by fairlead");
    assert.equal(message('VirtualService'), "kind 'VirtualService' is not read by fairlead");
  });

  it('knows the kinds that Pilot reads', () => {
    const told = [...kindsOfPilot].flatMap(([group, names]) => names.map((name) => `${group} ${name}`));
    const read = Object.values(pilotKinds).map(({ group, kind }) => `${group} ${kind}`);
    assert.deepEqual(told.sort(), read.sort());
  });

  for (const kind of ['rule', 'metric', 'toy', 'adapter', 'VirtualService', 'Services']) {
    it(`says nothing about ${kind}`, () => {
      assert.deepEqual(judge(foreignKinds, doc(kind, 'a', '{}')), []);
    });
  }
});
