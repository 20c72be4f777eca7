import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bag } from '../../../src/attributes/index.js';
import { CheckRequest } from '../../../src/gen/istio/mixer/v1/check.js';
import { decodeCheckRequest } from '../../../src/mixer/api/index.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  anyAttributes,
  expectedValues,
  slotOf,
  standardVocabulary,
  valueOf,
} from '../../support/compressed-attributes.js';

const vocabulary = standardVocabulary();

function encode(request: Parameters<typeof CheckRequest.fromPartial>[0]): Uint8Array {
  return CheckRequest.encode(CheckRequest.fromPartial(request)).finish();
}

function code(error: unknown): string | undefined {
  return error instanceof MixerError ? error.code : undefined;
}

// The generated code keeps quotas in a plain object, whose order and __proto__ are its own affair.
const quotaName = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__proto__');
const anyRequest = fc.record({
  attributes: anyAttributes,
  globalWordCount: fc.integer({ min: 0, max: 222 }),
  deduplicationId: fc.string({ unit: 'grapheme' }),
  quotas: fc
    .array(
      fc.tuple(
        quotaName,
        fc.record(
          { amount: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), bestEffort: fc.boolean() },
          { noNullPrototype: true },
        ),
      ),
      { maxLength: 4 },
    )
    .map((entries) => Object.fromEntries(entries)),
});

describe('decodeCheckRequest()', () => {
  it('reads what the generated codec writes', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const decoded = decodeCheckRequest(encode(request), vocabulary);
        assert.equal(decoded.globalWordCount, request.globalWordCount);
        assert.equal(decoded.deduplicationId, request.deduplicationId);
        assert.deepEqual(
          Object.fromEntries(decoded.quotas.map(({ name, amount, bestEffort }) => [name, { amount, bestEffort }])),
          request.quotas,
        );
        const expected = expectedValues(request.attributes);
        for (const [slot, name] of vocabulary.names().entries()) {
          assert.deepEqual(valueOf(decoded.bag, slot), expected.get(name));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fails with a MixerError or not at all when cut off or damaged anywhere', () => {
    fc.assert(
      fc.property(anyRequest, fc.nat(), fc.nat(255), (request, at, byte) => {
        const bytes = Buffer.from(encode(request));
        const attempt = (part: Uint8Array): void => {
          try {
            decodeCheckRequest(part, vocabulary);
          } catch (error) {
            assert.ok(code(error) === 'MALFORMED_MESSAGE' || code(error) === 'DICTIONARY_MISMATCH', String(error));
          }
        };
        for (let length = 0; length < bytes.length; length += 1 + (at % 7)) attempt(bytes.subarray(0, length));
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        attempt(bytes);
      }),
      { numRuns: 200 },
    );
  });

  it('takes an empty message as a request without attributes', () => {
    const { bag, ...rest } = decodeCheckRequest(Buffer.of(), vocabulary);
    assert.deepEqual(rest, { globalWordCount: 0, deduplicationId: '', quotas: [] });
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), undefined);
  });

  it('refuses a caller with more words than ours, and says both numbers', () => {
    assert.doesNotThrow(() => decodeCheckRequest(encode({ globalWordCount: 222 }), vocabulary));
    assert.throws(
      () => decodeCheckRequest(encode({ globalWordCount: 223 }), vocabulary),
      (error) => code(error) === 'DICTIONARY_MISMATCH' && /223/.test(String(error)) && /222/.test(String(error)),
    );
    assert.throws(() => decodeCheckRequest(encode({ globalWordCount: 2 ** 32 - 1 }), vocabulary), /4294967295/);
  });

  it('merges attributes that were sent in parts', () => {
    const bytes = Buffer.concat([
      encode({ attributes: { words: ['one'], strings: { 3: -2 } } }),
      encode({ attributes: { words: ['two'] } }),
    ]);
    assert.equal(decodeCheckRequest(bytes, vocabulary).bag.string(slotOf(vocabulary, 'source.uid')), 'two');
  });

  it('takes the last of two quotas of one name', () => {
    const bytes = Buffer.concat([
      encode({ quotas: { q: { amount: 1n, bestEffort: true } } }),
      encode({ quotas: { q: { amount: 2n, bestEffort: false } } }),
      Buffer.concat([Buffer.of(0x22, 15, 0x0a, 9), Buffer.from('__proto__'), Buffer.of(0x12, 2, 0x08, 3)]),
      Buffer.of(0x22, 3, 0x0a, 1, 0x7a),
    ]);
    assert.deepEqual(decodeCheckRequest(bytes, vocabulary).quotas, [
      { name: 'q', amount: 2n, bestEffort: false },
      { name: '__proto__', amount: 3n, bestEffort: false },
      { name: 'z', amount: 0n, bestEffort: false },
    ]);
  });

  it('fills the bag it is given', () => {
    const bag = new Bag(vocabulary);
    decodeCheckRequest(encode({ attributes: { words: ['v'], strings: { 3: -1 } } }), vocabulary, { bag });
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), 'v');
    assert.equal(decodeCheckRequest(encode({}), vocabulary, { bag }).bag, bag);
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), undefined);
  });
});
