import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { CallFailure, type Value } from '../../src/client/index.js';
import { deferred } from '../support/deferred.js';
import { counted, scripted, ScriptedMixer } from './support/scripted-mixer.js';

const set = (n: number): Map<string, Value> => new Map([['response.code', BigInt(n)]]);

describe('reports (1.9)', () => {
  it('go out together when a hundred are there', async () => {
    const { mixer, client, clock } = scripted();
    for (let at = 0; at < 201; at++) client.report(set(at));
    await clock.advance(0);
    assert.deepEqual(
      mixer.reports.map((sets) => sets.length),
      [100, 100],
    );
    await clock.advance(1000);
    assert.deepEqual(mixer.reports[2], [set(200)]);
    assert.deepEqual(counted(client.statistics()), {
      report_calls: 201,
      remote_report_calls: 3,
      remote_report_successes: 3,
    });
  });

  it('wait a second from the first one on', async () => {
    const { mixer, client, clock } = scripted();
    client.report(set(1));
    await clock.advance(900);
    client.report(set(2));
    await clock.advance(99);
    assert.equal(mixer.reports.length, 0);
    await clock.advance(1);
    assert.deepEqual(mixer.reports, [[set(1), set(2)]]);
    client.report(set(3));
    await clock.advance(999);
    assert.equal(mixer.reports.length, 1);
    await clock.advance(1);
    assert.equal(mixer.reports.length, 2);
  });

  it('have the bounds that are configured', async () => {
    const { mixer, client, clock } = scripted(undefined, { reportBatchMaxEntries: 2, reportBatchMaxMillis: 50 });
    for (let at = 0; at < 3; at++) client.report(set(at));
    await clock.advance(50);
    assert.deepEqual(
      mixer.reports.map((sets) => sets.length),
      [2, 1],
    );
  });

  it('go alone and at once when batches are off', async () => {
    const { mixer, client, clock } = scripted(undefined, { disableReportBatch: true });
    client.report(set(1));
    client.report(set(2));
    await clock.advance(0);
    assert.deepEqual(mixer.reports, [[set(1)], [set(2)]]);
  });

  it('are dropped when they fail; of the failures the first and every hundredth is told', async () => {
    const told: [string, number][] = [];
    const { mixer, client, clock } = scripted(undefined, {
      disableReportBatch: true,
      onReportFailure: (failure, failures) => told.push([failure.message, failures]),
    });
    mixer.onReport = () => Promise.reject(new CallFailure(14, 'down'));
    for (let at = 0; at < 102; at++) {
      client.report(set(at));
      await clock.advance(0);
    }
    assert.deepEqual(told, [
      ['down', 1],
      ['down', 101],
    ]);
    assert.equal(mixer.reports.length, 102);
    assert.deepEqual(counted(client.statistics()), {
      report_calls: 102,
      remote_report_calls: 102,
      remote_report_send_errors: 102,
    });
  });

  it('end after five seconds', async () => {
    const { mixer, client, clock } = scripted(undefined, { disableReportBatch: true });
    mixer.onReport = () => deferred<never>().promise;
    client.report(set(1));
    await clock.advance(5000);
    assert.equal(client.statistics().total_remote_report_timeouts, 1);
  });

  it('do not pile up before a Mixer that hangs', async () => {
    const { mixer, client, clock } = scripted(undefined, { disableReportBatch: true });
    mixer.onReport = () => deferred<never>().promise;
    for (let at = 0; at < 150; at++) client.report(set(at));
    await clock.advance(0);
    assert.equal(mixer.reports.length, 100);
    assert.equal(client.statistics().total_remote_report_send_errors, 50);
    const closed = client.close();
    await clock.advance(5000);
    await closed;
  });

  it('take their own way when there is one', async () => {
    const other = new ScriptedMixer();
    const { mixer, client } = scripted(undefined, { reportTransport: other });
    client.report(set(1));
    await client.close();
    assert.deepEqual([mixer.reports.length, other.reports.length], [0, 1]);
    assert.deepEqual([mixer.closed, other.closed], [1, 1]);
  });
});
