import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pipe } from '../../../src/adapters/fluentd/pipe.js';

function create() {
  const sent: string[] = [];
  const failures: string[] = [];
  const pipe = new Pipe({
    send: (bytes) => void sent.push(bytes.toString()),
    failed: ({ message }) => {
      failures.push(message);
      pipe.close();
    },
  });
  const read: string[] = [];
  const listen = () => pipe.once('data', (frame) => void read.push(frame.toString('hex')));
  return { pipe, sent, failures, read, listen };
}

describe('Pipe', () => {
  it('sends, and says at once that it did', () => {
    const { pipe, sent } = create();
    let told = 0;
    assert.equal(
      pipe.write(Buffer.from('a'), () => (told += 1)),
      true,
    );
    assert.deepEqual([sent, told], [['a'], 1]);
  });

  it('hands one message to each reader, those that came before it too', async () => {
    const { pipe, read, listen } = create();
    pipe.receive(Buffer.of(1));
    pipe.receive(Buffer.of(2));
    listen();
    assert.deepEqual(read, []);
    await Promise.resolve();
    assert.deepEqual(read, ['01']);
    listen();
    await Promise.resolve();
    assert.deepEqual(read, ['01', '02']);
    listen();
    pipe.receive(Buffer.of(3));
    assert.deepEqual(read, ['01', '02', '03']);
  });

  it('contains what a reader throws', () => {
    const { pipe, failures } = create();
    pipe.once('data', () => assert.fail('nonsense'));
    pipe.receive(Buffer.of(1));
    assert.deepEqual(failures, ['the server sent what cannot be understood']);
  });

  it('fails when messages come that nobody waits for', () => {
    const { pipe, failures } = create();
    for (let count = 0; count < 65; count += 1) pipe.receive(Buffer.of(1));
    assert.deepEqual(failures, ['the server sent messages unasked']);
  });

  it('fails when the library has had enough', () => {
    const { pipe, failures } = create();
    pipe.destroy();
    assert.deepEqual(failures, ['the server did not keep to the forward protocol']);
    pipe.destroy();
    assert.equal(failures.length, 1);
  });

  it('ends waiting with an empty message when it is closed, and is silent from then on', () => {
    const { pipe, read, sent, listen } = create();
    listen();
    pipe.close();
    pipe.receive(Buffer.of(1));
    assert.equal(
      pipe.write(Buffer.from('a'), () => assert.fail('not sent')),
      false,
    );
    assert.deepEqual([read, sent], [['80'], []]);
  });
});
