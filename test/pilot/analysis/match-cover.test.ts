import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { covers, matchesOf } from '../../../src/pilot/analysis/match-cover.js';
import { configsOf, resource } from '../support.js';

function matchOf(text: string) {
  const spec = `{ hosts: [a], http: [{ match: [${text}], route: [{ destination: { host: a } }] }] }`;
  const [config] = configsOf(resource('VirtualService', 'a', spec)).list('VirtualService');
  return config!.spec.http[0]!.match[0];
}

describe('covers()', () => {
  const rows: readonly [earlier: string, later: string, want: boolean][] = [
    ['{ uri: { prefix: / } }', '{ uri: { exact: /a } }', true],
    ['{ uri: { prefix: / } }', '{ headers: { x: { exact: a } } }', true],
    ['{ uri: { regex: .* } }', '{ method: { exact: GET } }', true],
    ['{ uri: { prefix: /a } }', '{ uri: { prefix: /ab } }', true],
    ['{ uri: { prefix: /a } }', '{ uri: { regex: /a } }', false],
    ['{ uri: { prefix: /a } }', '{ method: { exact: GET } }', false],
    ['{ uri: { exact: /a } }', '{ uri: { exact: /a }, method: { exact: GET } }', true],
    ['{ uri: { exact: /a }, method: { exact: GET } }', '{ uri: { exact: /a } }', false],
    ['{ uri: { prefix: /a }, ignoreUriCase: true }', '{ uri: { prefix: /a } }', false],
    ['{ headers: { x: {} } }', '{ headers: { x: { exact: a } } }', true],
    ['{ headers: { x: { exact: a } } }', '{ headers: { x: { exact: b } } }', false],
    ['{ queryParams: { q: { exact: a } } }', '{ uri: { exact: /a } }', false],
    ['{ port: 80 }', '{ uri: { exact: /a } }', false],
    ['{ port: 80 }', '{ port: 80, uri: { exact: /a } }', true],
    ['{ sourceLabels: { app: a } }', '{ sourceLabels: { app: a, version: v1 } }', true],
    ['{ sourceLabels: { app: a } }', '{ sourceLabels: { app: b } }', false],
    ['{ sourceLabels: { app: a } }', '{ gateways: [mesh], sourceLabels: { app: a } }', false],
    ['{ gateways: [mesh] }', '{ uri: { exact: /a } }', false],
    ['{ gateways: [mesh, g] }', '{ gateways: [g] }', true],
  ];
  for (const [earlier, later, want] of rows) {
    it(`says ${want ? 'yes' : 'no'} for ${earlier} before ${later}`, () => {
      assert.equal(covers(matchOf(earlier), matchOf(later)), want);
    });
  }

  it('takes a rule without matches for one that takes all', () => {
    assert.equal(covers(undefined, matchOf('{ uri: { exact: /a } }')), true);
    assert.equal(covers(matchOf('{ uri: { exact: /a } }'), undefined), false);
    assert.equal(covers(matchOf('{ uri: { prefix: / } }'), undefined), true);
  });
});

describe('matchesOf()', () => {
  it('gives a rule without matches one', () => {
    assert.deepEqual(matchesOf({ match: [] } as never, 'http[0]'), [{ at: 'http[0]', match: undefined }]);
  });
});
