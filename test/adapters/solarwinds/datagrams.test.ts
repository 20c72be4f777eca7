import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fakeEnv } from 'fairlead/testing';
import { createDatagramSender } from '../../../src/adapters/solarwinds/datagrams.js';
import { startSyslogReceiver } from './syslog-receiver.js';

const signal = new AbortController().signal;
const lines = [Buffer.from('a'), Buffer.from('b')];

describe('createDatagramSender()', () => {
  it('asks for the address once a minute', async (t) => {
    const receiver = await startSyslogReceiver();
    t.after(() => receiver.close());
    const { clock } = fakeEnv();
    let asked = 0;
    const send = createDatagramSender({ host: 'logs', port: receiver.port }, clock, async (host) => {
      assert.equal(host, 'logs');
      asked += 1;
      return { address: '127.0.0.1', family: 4 };
    });
    assert.deepEqual(await send(lines, signal), { sent: 2 });
    await clock.advance(59_999);
    await send(lines, signal);
    assert.equal(asked, 1);
    await clock.advance(1);
    await send(lines, signal);
    assert.equal(asked, 2);
    assert.deepEqual(await receiver.received(6), ['a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('says why nothing went out, and asks anew', async () => {
    const failure = new Error('EAI_AGAIN');
    let asked = 0;
    const send = createDatagramSender({ host: 'logs', port: 1 }, fakeEnv().clock, () => {
      asked += 1;
      return Promise.reject(failure);
    });
    assert.deepEqual(await send(lines, signal), { sent: 0, failure });
    assert.deepEqual(await send(lines, signal), { sent: 0, failure });
    assert.equal(asked, 2);
  });

  it('stops at the first datagram that does not go out', async (t) => {
    const receiver = await startSyslogReceiver();
    t.after(() => receiver.close());
    const send = createDatagramSender({ host: '127.0.0.1', port: receiver.port }, fakeEnv().clock);
    // No datagram is that large.
    const progress = await send([lines[0]!, Buffer.alloc(70_000), lines[1]!], signal);
    assert.equal(progress.sent, 1);
    assert.match(String(progress.failure), /EMSGSIZE/);
  });

  it('sends nothing for an attempt that is over', async () => {
    const abort = new AbortController();
    const send = createDatagramSender({ host: 'logs', port: 1 }, fakeEnv().clock, async () => {
      abort.abort(new Error('too late'));
      return { address: '127.0.0.1', family: 4 };
    });
    const { sent, failure } = await send(lines, abort.signal);
    assert.equal(sent, 0);
    assert.match(String(failure), /too late/);
  });
});
