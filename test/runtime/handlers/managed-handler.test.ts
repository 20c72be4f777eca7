import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HandlerEntry } from '../../../src/runtime/handlers/entry.js';
import { CLOSE_TIMEOUT_MS, ManagedHandler } from '../../../src/runtime/handlers/managed-handler.js';
import type { Handler } from '../../../src/sdk/index.js';
import { createTestHost, handler as entryOf } from '../../support/dispatch-fixture.js';
import { settle } from '../../support/manual-time.js';

function setUp(close: () => unknown = () => undefined) {
  const test = createTestHost();
  const events: string[] = [];
  const lent = test.host.createEnv('h.ns', 'fake');
  const entry: HandlerEntry = {
    ...entryOf('h.ns', {}),
    handler: {
      close: () => {
        events.push(`close, signal ${lent.env.signal.aborted ? 'aborted' : 'open'}`);
        return close();
      },
    } as unknown as Handler,
  };
  const watched = {
    ...lent,
    dispose: () => {
      events.push('dispose');
      lent.dispose();
    },
  };
  const onClosed = (result: string): unknown => events.push(result);
  return { ...test, events, handler: new ManagedHandler(entry, 's', watched, { host: test.host, onClosed }) };
}

describe('ManagedHandler', () => {
  it('closes with its last holder: signal, close, environment', async () => {
    const { handler, events } = setUp();
    handler.retain();
    handler.retain();
    handler.release();
    await settle();
    assert.deepEqual(events, []);
    handler.release();
    await settle();
    assert.deepEqual(events, ['close, signal aborted', 'dispose', 'closed']);
  });

  it('closes once', async () => {
    const { handler, events } = setUp();
    await Promise.all([handler.close(), handler.close()]);
    assert.equal(events.length, 3);
  });

  it('contains a close that throws', async () => {
    const { handler, events, log } = setUp(() => {
      throw new Error('boom');
    });
    assert.equal(await handler.close(), 'failed');
    assert.deepEqual(events.slice(1), ['dispose', 'failed']);
    assert.deepEqual(log.lines[0]!.fields, { handler: 'h.ns', adapter: 'fake', error: 'boom' });
  });

  it('does not wait for ever', async () => {
    const { handler, events, time } = setUp(() => new Promise(() => undefined));
    const closed = handler.close();
    await time.advance(CLOSE_TIMEOUT_MS);
    assert.equal(await closed, 'failed');
    assert.ok(events.includes('dispose'));
  });
});
