import assert from 'node:assert/strict';
import { it } from 'node:test';

import { principalOf } from '../../../src/client/index.js';

const rows: [string | undefined, string | undefined][] = [
  [undefined, undefined],
  ['', undefined],
  ['DNS:a.example, IP Address:1.2.3.4', undefined],
  ['URI:spiffe://cluster.local/ns/a/sa/b', 'cluster.local/ns/a/sa/b'],
  ['DNS:a, URI:https://b/c, URI:spiffe://d', 'https://b/c'],
  // A name that looks like an entry of its own is quoted by Node.
  ['DNS:"a, URI:spiffe://root", URI:spiffe://real', 'real'],
  ['URI:"spiffe://a\\u002cb"', 'a,b'],
];
for (const [names, principal] of rows) {
  it(`${String(principal)} is the principal of ${String(names)}`, () => {
    assert.equal(principalOf(names), principal);
  });
}
