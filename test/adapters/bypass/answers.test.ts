import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCheckResult, decodeQuotaResult } from '../../../src/adapters/bypass/answers.js';
import { encode, LENGTH, VARINT, writeMessage } from '../../../src/adapters/bypass/wire.js';

const code = encode((writer) => writer.tag(1, VARINT).int32(7));
const message = encode((writer) => writer.tag(2, LENGTH).string('no'));
const inParts = (field: number): Uint8Array =>
  encode((writer) => {
    writeMessage(writer, field, code);
    writeMessage(writer, field, message);
  });

describe('answers of a backend', () => {
  it('are put together from parts, as Protocol Buffers have it', () => {
    assert.deepEqual(decodeCheckResult(inParts(1)).status, { code: 7, message: 'no' });
    const quota = encode((writer) =>
      writeMessage(
        writer,
        1,
        encode((entry) => {
          entry.tag(1, LENGTH).string('q');
          writeMessage(entry, 2, inParts(4));
        }),
      ),
    );
    const args = { amount: 1n, bestEffort: false, deduplicationId: '' };
    assert.deepEqual(decodeQuotaResult(quota, { name: 'q', args }).status, { code: 7, message: 'no' });
  });

  it('fail when they are no messages', () => {
    for (const bytes of [Buffer.from('no protobuf'), inParts(1).subarray(0, 3), Buffer.alloc(100_000, 0x53)]) {
      assert.throws(() => decodeCheckResult(bytes));
    }
  });
});
