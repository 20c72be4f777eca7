import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendContext } from 'fairlead/sdk/delivery';
import type { LogsClient } from '../../../src/adapters/cloudwatch/clients.js';
import type { LogEvent } from '../../../src/adapters/cloudwatch/log-event.js';
import { LogSender } from '../../../src/adapters/cloudwatch/log-sender.js';

type Answers = readonly (object | Error)[];

const context: SendContext = { signal: new AbortController().signal, attempt: 1 };
const hour = 3_600_000;
const at = (timestamp: number): LogEvent => ({ message: 'm', timestamp });
const awsError = (name: string, more: object = {}) =>
  Object.assign(new Error('why'), { name, $metadata: { httpStatusCode: 400 }, ...more });

/** A sender whose client gives the answers one after another, and what the client was called with. */
function setUp(answers: Answers = []) {
  const calls: { readonly times: readonly number[]; readonly token: string | undefined }[] = [];
  const rest = [...answers];
  const client: LogsClient = {
    put: (events, token) => {
      calls.push({ times: events.map(({ timestamp }) => timestamp), token });
      const answer = rest.shift() ?? {};
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve({ $metadata: {}, ...answer });
    },
    close: () => undefined,
  };
  return { sender: new LogSender(client, 'stream'), calls };
}

describe('LogSender', () => {
  it('sends a batch in the order of time', async () => {
    const { sender, calls } = setUp();
    assert.deepEqual(await sender.send([at(3), at(1), at(2)], context), { kind: 'delivered' });
    assert.deepEqual(calls, [{ times: [1, 2, 3], token: undefined }]);
  });

  it('cuts a batch that spans more than 24 hours', async () => {
    const { sender, calls } = setUp();
    await sender.send([at(30 * hour), at(0), at(24 * hour), at(24 * hour + 1), at(49 * hour)], context);
    assert.deepEqual(
      calls.map(({ times }) => times),
      [[0, 24 * hour], [24 * hour + 1, 30 * hour], [49 * hour]],
    );
  });

  it('sends again from the call that failed', async () => {
    const { sender } = setUp([{}, awsError('ThrottlingException')]);
    const events = [at(0), at(30 * hour), at(60 * hour)];
    assert.deepEqual(await sender.send(events, context), {
      kind: 'partial',
      reason: 'HTTP 400: ThrottlingException: why',
      again: events.slice(1),
      rejected: 0,
    });
  });

  it('has the whole batch sent again when the first call fails', async () => {
    const { sender, calls } = setUp([awsError('ThrottlingException')]);
    assert.deepEqual(await sender.send([at(0), at(30 * hour)], context), {
      kind: 'retry',
      reason: 'HTTP 400: ThrottlingException: why',
    });
    assert.equal(calls.length, 1);
  });

  it('goes on after a call that was refused', async () => {
    const { sender, calls } = setUp([awsError('InvalidParameterException')]);
    assert.deepEqual(await sender.send([at(0), at(30 * hour)], context), {
      kind: 'partial',
      reason: 'HTTP 400: InvalidParameterException: why',
      again: [],
      rejected: 1,
    });
    assert.equal(calls.length, 2);
  });

  it('counts events that were refused for their age', async () => {
    const info = { tooOldLogEventEndIndex: 1, expiredLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 };
    const { sender } = setUp([
      { rejectedLogEventsInfo: info },
      { rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } },
    ]);
    const reason = 'events were too old or too new';
    const first = await sender.send([0, 1, 2, 3, 4].map(at), context);
    assert.deepEqual(first, { kind: 'partial', reason, again: [], rejected: 3 });
    assert.deepEqual(await sender.send([at(0)], context), { kind: 'rejected', reason });
  });

  it('says which stream there is not', async () => {
    const { sender } = setUp([awsError('ResourceNotFoundException')]);
    assert.deepEqual(await sender.send([at(0)], context), { kind: 'rejected', reason: 'stream does not exist: why' });
  });

  it('sends the token that it was given, and the one that was asked for', async () => {
    const { sender, calls } = setUp([
      awsError('InvalidSequenceTokenException', { expectedSequenceToken: 't1' }),
      { nextSequenceToken: 't2' },
      { nextSequenceToken: 't3' },
    ]);
    assert.deepEqual(await sender.send([at(0)], context), { kind: 'delivered' });
    await sender.send([at(1)], context);
    assert.deepEqual(
      calls.map(({ token }) => token),
      [undefined, 't1', 't2'],
    );
  });

  it('tries later when the token changes again and again', async () => {
    const wrong = (expectedSequenceToken: string) =>
      awsError('InvalidSequenceTokenException', { expectedSequenceToken });
    const { sender, calls } = setUp([wrong('a'), wrong('b')]);
    assert.equal((await sender.send([at(0)], context)).kind, 'retry');
    await sender.send([at(0)], context);
    assert.deepEqual(
      calls.map(({ token }) => token),
      [undefined, 'a', 'b'],
    );
  });

  it('takes events that had arrived before for delivered', async () => {
    const { sender, calls } = setUp([awsError('DataAlreadyAcceptedException', { expectedSequenceToken: 't9' })]);
    assert.deepEqual(await sender.send([at(0)], context), { kind: 'delivered' });
    await sender.send([at(1)], context);
    assert.equal(calls[1]?.token, 't9');
  });
});
