import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { movesOf } from '../../../src/pilot/server/moves.js';
import type { Instance, Service } from '../../../src/pilot/index.js';
import { instanceOf, serviceOf } from './support.js';

const host = 'a.default.svc.cluster.local';
const key = `default/${host}`;

function moves(before: readonly Instance[], now: readonly Instance[] | undefined, given: Partial<Service> = {}) {
  const service = serviceOf(host, given);
  return movesOf(
    { services: new Set(), instances: new Set([key]) },
    { get: () => now && { service, instances: now }, former: () => before },
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
});
