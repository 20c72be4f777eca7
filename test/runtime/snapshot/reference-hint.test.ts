import assert from 'node:assert/strict';
import { it } from 'node:test';
import { referenceHint } from '../../../src/runtime/snapshot/reference-hint.js';

const keys = ['quotas.handler.shop', 'denyall.handler.istio-system', 'limits.memquota.shop', 'a.b.handler.shop'];
const cases: readonly (readonly [title: string, reference: string, hint: string])[] = [
  ['a misspelt name', 'qoutas', `; did you mean 'quotas'?`],
  ['a name of another namespace', 'denyall', `; did you mean 'denyall.istio-system'?`],
  ['a name with a namespace it is not in', 'quotas.default', `; did you mean 'quotas'?`],
  ['a legacy name without its kind', 'limits', `; did you mean 'limits.memquota'?`],
  ['the whole key of a name with dots', 'a.c.handler.shop', `; did you mean 'a.b.handler.shop'?`],
  ['nothing for what is like nothing', 'something-else', ''],
];
for (const [title, reference, hint] of cases) {
  it(`referenceHint gives ${title}`, () => {
    assert.equal(referenceHint(reference, keys, { kind: 'handler', namespace: 'shop' }), hint);
  });
}
