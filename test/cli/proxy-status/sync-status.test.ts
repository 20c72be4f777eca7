import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSync } from '../../../src/cli/proxy-status/sync-status.js';

describe('readSync()', () => {
  const cells = (fields: object): readonly string[] => {
    const [one] = readSync([{ proxy: 'a.default', ...fields }], 'pilot:8080');
    return ['CDS', 'LDS', 'EDS', 'RDS'].map((kind) => one!.kinds[kind as 'CDS'].cell);
  };

  it('tells what became of each kind', () => {
    assert.deepEqual(
      cells({
        ...{ cluster_sent: 'v2', cluster_acked: 'v2', listener_sent: 'v2', listener_acked: 'v1' },
        ...{ endpoint_sent: 'v1', endpoint_acked: '', route_sent: '', route_acked: '' },
      }),
      ['SYNCED', 'STALE', 'STALE (Never Acknowledged)', 'NOT SENT'],
    );
  });

  it('tells of a rejection before all else', () => {
    const [one] = readSync(
      [{ proxy: 'a', cluster_sent: 'v2', cluster_acked: 'v1', rejected: { cluster: 'bad' } }],
      'p',
    );
    assert.deepEqual(one?.kinds.CDS, { cell: 'ERROR', rejection: 'bad' });
  });

  it('passes over empty items, and sorts the others by name', () => {
    const names = readSync([{ proxy: 'b' }, {}, { proxy: 'a' }, null, 5], 'p').map(({ proxy }) => proxy);
    assert.deepEqual(names, ['a', 'b']);
    assert.deepEqual(readSync('nonsense', 'p'), []);
  });

  it('takes the version of the proxy where there is none of Istio', () => {
    const read = (fields: object) => readSync([{ proxy: 'a', ...fields }], 'p')[0]?.version;
    assert.equal(read({ istio_version: '1.4.0', proxy_version: 'envoy 1.40' }), '1.4.0');
    assert.equal(read({ istio_version: '', proxy_version: 'envoy 1.40' }), 'envoy 1.40');
  });
});
