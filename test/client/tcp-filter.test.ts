import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  createTcpFilter,
  Duration,
  type TcpClientConfig,
  type TcpExchange,
  type TcpSample,
  Timestamp,
  type Value,
} from '../../src/client/index.js';
import { allow, counted, deny, grant, type Script, scripted } from './support/scripted-mixer.js';

const set = (entries: Record<string, Value>): Map<string, Value> => new Map(Object.entries(entries));
const connection = {
  remoteAddress: Uint8Array.of(127, 0, 0, 1),
  isMutualTls: true,
  serverName: 'db.example',
  localPrincipal: 'cluster.local/ns/here/sa/db',
  peerPrincipal: 'cluster.local/ns/there/sa/web',
};

function begin(config: TcpClientConfig = {}, script?: Script) {
  const { mixer, client, clock, time } = scripted(script, { disableReportBatch: true });
  let sample: TcpSample = { bytes: { received: 0n, sent: 0n } };
  const filter = createTcpFilter({ client, config, time, node: { uid: 'u', namespace: 'here' } });
  const exchange: TcpExchange = filter.begin(connection, () => sample);
  return {
    mixer,
    client,
    clock,
    filter,
    exchange,
    now: (received: bigint, sent: bigint) => {
      sample = { bytes: { received, sent }, upstream: { address: Uint8Array.of(10, 0, 0, 9), port: 5432, uid: 'pod' } };
    },
    told: () => mixer.reports.flatMap((sets) => sets.map((one) => Object.fromEntries(one))),
  };
}

describe('a TCP connection (1.5)', () => {
  it('is asked about with all that is known of it', async () => {
    const { mixer, exchange, clock } = begin({ mixerAttributes: set({ 'context.reporter.kind': 'inbound' }) });
    await exchange.check();
    const { 'connection.id': id, ...sent } = Object.fromEntries(mixer.checks[0]?.attributes ?? []);
    assert.match(id as string, /^[0-9a-f-]{36}-0$/);
    assert.deepEqual(sent, {
      'destination.uid': 'u',
      'destination.namespace': 'here',
      'context.reporter.uid': 'u',
      'context.reporter.kind': 'inbound',
      'origin.ip': Uint8Array.of(127, 0, 0, 1),
      'source.ip': Uint8Array.of(127, 0, 0, 1),
      'source.user': 'cluster.local/ns/there/sa/web',
      'source.principal': 'cluster.local/ns/there/sa/web',
      'source.namespace': 'there',
      'destination.principal': 'cluster.local/ns/here/sa/db',
      'connection.mtls': true,
      'connection.requested_server_name': 'db.example',
      'context.time': Timestamp.fromMillis(clock.now()),
      'context.protocol': 'tcp',
    });
  });

  it('is reported when it opens, every ten seconds, and when it closes', async () => {
    const { exchange, clock, now, told, client } = begin();
    await exchange.check();
    now(191n, 0n);
    exchange.open();
    await clock.advance(0);
    await clock.advance(9999);
    assert.equal(told().length, 1);
    now(200n, 10n);
    await clock.advance(1);
    now(200n, 30n);
    await clock.advance(10_000);
    now(250n, 35n);
    exchange.close();
    exchange.close();
    await clock.advance(0);
    await clock.advance(60_000);
    const names = ['event', 'received.bytes', 'received.bytes_total', 'sent.bytes', 'sent.bytes_total'];
    assert.deepEqual(
      told().map((one) => names.map((name) => one[`connection.${name}`])),
      [
        ['open', 191n, 191n, 0n, 0n],
        // Only "continue" starts a new difference, so this one has what "open" had.
        ['continue', 200n, 200n, 10n, 10n],
        ['continue', 0n, 200n, 20n, 30n],
        ['close', 50n, 250n, 5n, 35n],
      ],
    );
    const [open, , , close] = told();
    assert.equal(open?.['connection.duration'], undefined);
    assert.deepEqual(close?.['connection.duration'], Duration.fromMillis(20_000));
    assert.deepEqual(close['destination.ip'], Uint8Array.of(10, 0, 0, 9));
    assert.equal(close['destination.port'], 5432n);
    assert.equal(close['destination.uid'], 'pod');
    assert.equal(close['check.cache_hit'], false);
    assert.equal(new Set(told().map((one) => one['connection.id'])).size, 1);
    assert.deepEqual(counted(client.statistics()), {
      check_calls: 1,
      check_cache_misses: 1,
      remote_check_calls: 1,
      remote_check_accepts: 1,
      remote_calls: 1,
      remote_call_successes: 1,
      report_calls: 4,
      remote_report_calls: 4,
      remote_report_successes: 4,
    });
  });

  it('that is denied is reported when it closes', async () => {
    const { exchange, clock, told } = begin({}, () => deny(16));
    assert.equal((await exchange.check()).status.code, 16);
    exchange.close();
    exchange.open();
    await clock.advance(60_000);
    const [only, ...more] = told();
    assert.equal(more.length, 0);
    assert.equal(only?.['connection.event'], 'close');
    assert.equal(only['check.error_code'], 16n);
    assert.equal(only['check.error_message'], 'UNAUTHENTICATED');
  });

  it('is reported at least a second apart', async () => {
    const { exchange, clock, told } = begin({ reportIntervalMillis: 10 });
    exchange.open();
    await clock.advance(3000);
    exchange.close();
    await clock.advance(0);
    assert.deepEqual(
      told().map((one) => one['connection.event']),
      ['open', 'continue', 'continue', 'continue', 'close'],
    );
  });

  it('is neither asked about nor reported where that is off', async () => {
    const { mixer, exchange, clock } = begin({ disableCheckCalls: true, disableReportCalls: true });
    assert.equal((await exchange.check()).status.code, 0);
    exchange.open();
    await clock.advance(60_000);
    exchange.close();
    await clock.advance(0);
    assert.deepEqual([mixer.checks.length, mixer.reports.length], [0, 0]);
  });

  it('is charged to the quota of connections', async () => {
    const connectionQuotaSpec = { name: 'q', namespace: 'n', rules: [{ quotas: [{ quota: 'conns', charge: 1 }] }] };
    const { mixer, exchange } = begin({ connectionQuotaSpec }, () => allow({}, { conns: grant(0) }));
    assert.equal((await exchange.check()).status.message, 'Quota is exhausted for: conns');
    assert.deepEqual(mixer.checks[0]?.quotas, [{ name: 'conns', amount: 1n, bestEffort: false }]);
  });

  it('has an id of its own', async () => {
    const { mixer, filter } = begin({}, () => allow({ validUseCount: 0 }));
    for (let at = 0; at < 2; at++)
      await filter.begin(connection, () => ({ bytes: { received: 0n, sent: 0n } })).check();
    const [first, second] = mixer.checks.map(({ attributes }) => attributes.get('connection.id') as string);
    assert.equal(second, first?.replace(/-1$/, '-2'));
  });
});
