import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Value } from '../../src/client/index.js';
import { deferred } from '../support/deferred.js';
import { allow, deny, grant, scripted } from './support/scripted-mixer.js';

const attributes = (entries: Record<string, Value> = {}): Map<string, Value> => new Map(Object.entries(entries));
const one = [{ quota: 'calls', charge: 1 }];

describe('close()', () => {
  it('sends what is left, and closes each transport once', async () => {
    const { mixer, client } = scripted();
    client.report(attributes({ a: 'b' }));
    await client.close();
    assert.equal(mixer.reports.length, 1);
    assert.equal(mixer.closed, 1);
  });

  it('lets checks that requests wait for end first, and waits for no prefetch', async () => {
    const { mixer, client, clock } = scripted(() => allow({}, { calls: grant(1) }));
    await client.check(attributes(), { quotas: one });
    const answer = deferred<ReturnType<typeof allow>>();
    mixer.script = () => answer.promise;
    // Known, so only the background asks.
    await client.check(attributes(), { quotas: one });
    await clock.advance(0);
    assert.equal(mixer.checks.length, 2);
    await client.close();
    assert.equal(mixer.closed, 1);
    const other = scripted(() => answer.promise);
    const waiting = other.client.check(attributes());
    const closed = other.client.close();
    await other.clock.advance(0);
    assert.equal(other.mixer.closed, 0);
    answer.resolve(deny(7));
    assert.equal((await waiting).status.code, 7);
    await closed;
    assert.equal(other.mixer.closed, 1);
  });

  it('sends what is reported until the last check has ended, and may be called again meanwhile', async () => {
    const answer = deferred<ReturnType<typeof allow>>();
    const { mixer, client, clock } = scripted(() => answer.promise);
    const waiting = client.check(attributes());
    const closed = [client.close(), client.close()];
    client.report(attributes({ a: 'b' }));
    await clock.advance(0);
    answer.resolve(allow());
    await Promise.all([waiting, ...closed]);
    assert.equal(mixer.reports.length, 1);
    assert.equal(mixer.closed, 1);
  });
});
