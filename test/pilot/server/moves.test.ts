import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { movesOf } from '../../../src/pilot/server/moves.js';
import type { Instance, Service } from '../../../src/pilot/index.js';
import { instanceOf, serviceOf } from './support.js';

const host = 'a.default.svc.cluster.local';
const key = `default/${host}`;

function moves(
  before: readonly Instance[],
  now: readonly Instance[] | undefined,
  { hasAutoTls = false, ...given }: Partial<Service> & { hasAutoTls?: boolean } = {},
) {
  const service = serviceOf(host, given);
  return movesOf(
    { services: new Set(), instances: new Set([key]) },
    { get: () => now && { service, instances: now }, former: () => before, hasAutoTls },
  );
}

describe('a change of a registry', () => {
  const [one, two] = [instanceOf(host, '10.0.0.1'), instanceOf(host, '10.0.0.2')];

  it('is one of endpoints, with the addresses that came, went or mean something else', () => {
    assert.deepEqual(moves([one], [one, two]), {
      kind: 'moved',
      keys: new Set([key]),
      hosts: new Set([host]),
      addresses: new Set(['10.0.0.2']),
    });
    const other = { ...one, labels: new Map([['version', 'v2']]) };
    const changed = moves([one, two], [other]);
    assert(changed.kind === 'moved');
    assert.deepEqual(changed.addresses, new Set(['10.0.0.1', '10.0.0.2']));
    assert.equal(moves([], [instanceOf(host, '/run/a.sock', { family: 'unix' })]).kind, 'moved');
  });

  it('is one of everything where clusters or listeners are made of instances', () => {
    assert.equal(moves([one], [one], { resolution: 'PASSTHROUGH' }).kind, 'full');
    assert.equal(moves([one], [one], { resolution: 'DNS' }).kind, 'full');
    assert.equal(moves([instanceOf(host, 'db.example.com')], [one]).kind, 'full');
    assert.equal(moves([one], [instanceOf(host, 'db.example.com')]).kind, 'full');
    assert.equal(moves([one], undefined).kind, 'full');
    const nothing = { get: () => undefined, former: () => [] };
    assert.equal(movesOf({ services: new Set([key]), instances: new Set() }, nothing).kind, 'full');
  });

  it('is one of everything where the mesh has to learn who takes mutual TLS', () => {
    const labelled = (address: string, version = 'v1'): Instance =>
      instanceOf(host, address, {
        labels: new Map([
          ['security.istio.io/tlsMode', 'istio'],
          ['version', version],
        ]),
      });
    const [tls, more, v2] = [labelled('10.0.0.1'), labelled('10.0.0.3'), labelled('10.0.0.4', 'v2')];
    const kind = (before: readonly Instance[], now: readonly Instance[], hasAutoTls = true): string =>
      moves(before, now, { hasAutoTls }).kind;
    assert.deepEqual([kind([one], [tls]), kind([tls], [one]), kind([tls], [tls, two])], ['full', 'full', 'full']);
    assert.deepEqual([kind([], [tls]), kind([tls, two], [two])], ['full', 'full']);
    assert.equal(kind([tls, two], [tls, v2, two]), 'full', 'all of a subset may take it');
    assert.deepEqual([kind([tls], [tls, v2]), kind([one], [two]), kind([], [one])], ['moved', 'moved', 'moved']);
    assert.equal(kind([tls, two], [more, one]), 'moved');
    assert.equal(kind([one], [tls], false), 'moved', 'such a mesh does not care');
  });
});
