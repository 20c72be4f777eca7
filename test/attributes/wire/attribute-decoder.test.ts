import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bag, Duration, EvalError, Timestamp, WireReader } from '../../../src/attributes/index.js';
import { CompressedAttributes } from '../../../src/gen/istio/mixer/v1/attributes.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  anyAttributes,
  expectedValues,
  readAll,
  slotOf,
  standardVocabulary,
  valueOf,
} from '../../support/compressed-attributes.js';

const vocabulary = standardVocabulary();

function decode(bytes: Uint8Array): Bag {
  const bag = new Bag(vocabulary);
  bag.decode(new WireReader(bytes));
  return bag;
}

function encode(message: Parameters<typeof CompressedAttributes.fromPartial>[0]): Uint8Array {
  return CompressedAttributes.encode(CompressedAttributes.fromPartial(message)).finish();
}

function isMalformed(error: unknown): boolean {
  return error instanceof MixerError && error.code === 'MALFORMED_MESSAGE';
}

/** Decodes and reads what may be broken: either works, or it is a MixerError; anything else fails the test. */
function tryDecode(bytes: Uint8Array): boolean {
  try {
    readAll(decode(bytes));
    return true;
  } catch (error) {
    if (!isMalformed(error)) throw error;
    return false;
  }
}

/** The top-level fields of a message, as separate byte sequences. */
function fieldsOf(bytes: Uint8Array): Uint8Array[] {
  const reader = new WireReader(bytes);
  const fields: Uint8Array[] = [];
  while (reader.pos < reader.end) {
    const start = reader.pos;
    reader.skip(reader.uint32());
    fields.push(bytes.subarray(start, reader.pos));
  }
  return fields;
}

describe('AttributeDecoder', () => {
  it('reads what the generated codec writes', () => {
    fc.assert(
      fc.property(anyAttributes, (message) => {
        const bag = decode(CompressedAttributes.encode(message).finish());
        const expected = expectedValues(message);
        for (const [slot, name] of vocabulary.names().entries()) {
          assert.deepEqual(valueOf(bag, slot), expected.get(name), name);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('reads one bag after the other without leaving anything behind', () => {
    const bag = new Bag(vocabulary);
    fc.assert(
      fc.property(anyAttributes, (message) => {
        bag.decode(new WireReader(CompressedAttributes.encode(message).finish()));
        const expected = expectedValues(message);
        for (const [slot, name] of vocabulary.names().entries()) {
          assert.deepEqual(valueOf(bag, slot), expected.get(name), name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads words that come between and after the entries', () => {
    fc.assert(
      fc.property(anyAttributes, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (message, places) => {
        const fields = fieldsOf(CompressedAttributes.encode(message).finish());
        const words = fields.filter((field) => field[0] === 0x0a);
        const mixed = fields.filter((field) => field[0] !== 0x0a);
        // The words keep their order: it is their numbering.
        let last = 0;
        words.forEach((word, i) => {
          last += places[i]! % (mixed.length - last + 1);
          mixed.splice(last++, 0, word);
        });
        const bag = decode(Buffer.concat(mixed));
        const expected = expectedValues(message);
        for (const [slot, name] of vocabulary.names().entries()) {
          assert.deepEqual(valueOf(bag, slot), expected.get(name), name);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never fails otherwise than with MALFORMED_MESSAGE when cut off anywhere', () => {
    fc.assert(
      fc.property(anyAttributes, (message) => {
        const bytes = CompressedAttributes.encode(message).finish();
        for (let length = 0; length < bytes.length; length++) tryDecode(bytes.subarray(0, length));
      }),
      { numRuns: 100 },
    );
  });

  it('never fails otherwise than with MALFORMED_MESSAGE on random bytes', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        if (!tryDecode(bytes)) refused++;
      }),
      { numRuns: 5000 },
    );
    assert.ok(refused > 1000);
  });

  it('never fails otherwise than with MALFORMED_MESSAGE on damaged messages', () => {
    fc.assert(
      fc.property(anyAttributes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (message, damage) => {
        const bytes = Buffer.from(CompressedAttributes.encode(message).finish());
        for (const [at, byte] of damage) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        tryDecode(bytes);
      }),
      { numRuns: 3000 },
    );
  });

  it('skips unknown fields, also in entries and in values', () => {
    const unknown = Buffer.from([
      0x78, 0x05, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 1, 9, 0x7b, 0x08, 1, 0x7c,
    ]);
    const entry = (tag: number, ...parts: Uint8Array[]): Buffer => {
      const body = Buffer.concat(parts);
      return Buffer.concat([Buffer.of(tag, body.length), body]);
    };
    const time = entry(0x12, unknown, Buffer.of(0x08, 7));
    const pair = entry(0x0a, unknown, Buffer.of(0x08, 0x01), unknown, Buffer.of(0x10, 0x03));
    const bytes = Buffer.concat([
      unknown,
      entry(0x0a, Buffer.from('app')),
      entry(0x0a, Buffer.from('v1')),
      entry(0x12, unknown, Buffer.of(0x08, 6, 0x10, 3), unknown),
      entry(0x32, Buffer.of(0x08, 48), time, unknown),
      entry(0x4a, unknown, entry(0x12, pair, unknown), Buffer.of(0x08, 10)),
      unknown,
    ]);
    const bag = decode(bytes);
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), 'v1');
    assert.deepEqual(valueOf(bag, slotOf(vocabulary, 'request.time')), new Timestamp(7, 0));
    assert.equal(bag.key(vocabulary.keySlot(slotOf(vocabulary, 'source.labels'), 'app')), 'v1');
  });

  it('takes the last of two entries of one key, and the last of two values of one entry', () => {
    const slot = slotOf(vocabulary, 'request.size');
    const twice = Buffer.concat([encode({ int64s: { 23: 1n } }), encode({ int64s: { 23: 2n } })]);
    assert.equal(decode(twice).int64(slot), 2n);
    assert.equal(decode(Buffer.of(0x1a, 6, 0x08, 46, 0x10, 1, 0x10, 3)).int64(slot), 3n);
    assert.equal(decode(Buffer.of(0x1a, 6, 0x08, 2, 0x10, 3, 0x08, 46)).int64(slot), 3n);
  });

  it('reads entries without key or value as defaults', () => {
    // Key 0 is the word source.ip, an address; a value that is missing is empty or zero.
    assert.deepEqual(decode(Buffer.of(0x42, 0)).ip(slotOf(vocabulary, 'source.ip')), new Uint8Array());
    assert.equal(decode(Buffer.of(0x1a, 2, 0x08, 46)).int64(slotOf(vocabulary, 'request.size')), 0n);
    assert.equal(decode(Buffer.of(0x12, 2, 0x08, 6)).string(slotOf(vocabulary, 'source.uid')), 'source.ip');
    assert.deepEqual(
      decode(Buffer.of(0x3a, 2, 0x08, 58)).duration(slotOf(vocabulary, 'response.duration')),
      Duration.zero,
    );
    assert.equal(decode(Buffer.of(0x2a, 3, 0x08, 0xe2, 2)).bool(slotOf(vocabulary, 'connection.mtls')), false);
  });

  it('reads a value whose word does not exist as absent, and counts it', () => {
    const bag = decode(
      encode({
        words: ['x'],
        strings: { 3: 222, 2: -2, 4: -1 },
        stringMaps: { 5: { entries: { [-1]: -9 } } },
        int64s: { [-7]: 1n },
      }),
    );
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), undefined);
    assert.equal(bag.string(slotOf(vocabulary, 'source.name')), undefined);
    assert.equal(bag.string(slotOf(vocabulary, 'source.namespace')), 'x');
    assert.equal(bag.map(slotOf(vocabulary, 'source.labels')), undefined);
    assert.equal(bag.brokenValues, 4);
  });

  it('probes typed maps in the order of Mixer when a name sits in several', () => {
    const order = ['strings', 'stringMaps', 'int64s', 'doubles', 'bools', 'timestamps', 'durations', 'bytes'] as const;
    const all = {
      strings: { 3: 4 },
      stringMaps: { 3: { entries: { 1: 2 } } },
      int64s: { 3: 5n },
      doubles: { 3: 1.5 },
      bools: { 3: true },
      timestamps: { 3: { seconds: 1n, nanos: 0 } },
      durations: { 3: { seconds: 2n, nanos: 0 } },
      bytes: { 3: Buffer.of(1) },
    };
    const slot = slotOf(vocabulary, 'source.uid');
    order.forEach((first, at) => {
      const kept = Object.fromEntries(
        Object.entries(all).filter(([name]) => order.indexOf(name as typeof first) >= at),
      );
      const only = decode(encode({ [first]: all[first] }));
      assert.deepEqual(valueOf(decode(encode(kept)), slot), valueOf(only, slot), first);
    });
  });

  it('refuses times that protobuf does not allow', () => {
    const bad = [
      { timestamps: { 24: { seconds: 253_402_300_800n, nanos: 0 } } },
      { timestamps: { 24: { seconds: -62_135_596_801n, nanos: 0 } } },
      { timestamps: { 24: { seconds: 0n, nanos: -1 } } },
      { timestamps: { 24: { seconds: 0n, nanos: 1_000_000_000 } } },
      { durations: { 29: { seconds: 315_576_000_001n, nanos: 0 } } },
      { durations: { 29: { seconds: 1n, nanos: -1 } } },
      { durations: { 29: { seconds: 0n, nanos: -1_000_000_000 } } },
    ];
    for (const message of bad) assert.throws(() => decode(encode(message)), isMalformed);
  });

  it('leaves out what nobody reads, and otherwise reads and refuses as ever', () => {
    const restricted = standardVocabulary();
    for (const slot of restricted.names().keys()) if (slot % 2 === 0) restricted.markRead(slot);
    restricted.keepOnlyMarked();
    const bag = new Bag(restricted);
    const whole = new Bag(vocabulary);
    fc.assert(
      fc.property(anyAttributes, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 2 }), (message, damage) => {
        const bytes = Buffer.from(CompressedAttributes.encode(message).finish());
        for (const [at, byte] of damage) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        let refused = false;
        try {
          whole.decode(new WireReader(bytes));
        } catch (error) {
          if (!isMalformed(error)) throw error;
          refused = true;
        }
        if (refused) {
          assert.throws(() => bag.decode(new WireReader(bytes)), isMalformed);
          return;
        }
        bag.decode(new WireReader(bytes));
        assert.equal(bag.brokenValues, whole.brokenValues);
        for (const [slot, name] of restricted.names().entries()) {
          if (slot % 2 === 0) assert.deepEqual(valueOf(bag, slot), valueOf(whole, slot), name);
          else assert.ok(!bag.has(slot), name);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('counts broken values of attributes that nobody knows', () => {
    const unknown = { words: ['unknown'], strings: { [-1]: -9 }, stringMaps: { [-1]: { entries: { 1: -9 } } } };
    assert.equal(decode(encode(unknown)).brokenValues, 2);
    // The same with the value before the key, which is read the long way.
    assert.equal(
      decode(Buffer.concat([encode({ words: ['u'] }), Buffer.of(0x12, 4, 0x10, 17, 0x08, 1)])).brokenValues,
      1,
    );
  });

  it('resolves a name by the word it was keyed with, global or not', () => {
    const bag = decode(encode({ words: ['source.uid', 'v'], strings: { 3: -2 } }));
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), 'v');
  });

  it('replaces invalid UTF-8 by U+FFFD', () => {
    const bytes = Buffer.concat([Buffer.of(0x0a, 2, 0xff, 0x41), encode({ strings: { 3: -1 } })]);
    assert.equal(decode(bytes).string(slotOf(vocabulary, 'source.uid')), '\ufffdA');
  });

  it('is empty after a message that it refused', () => {
    const bag = decode(encode({ words: ['v'], strings: { 3: -1 } }));
    assert.throws(
      () => bag.decode(new WireReader(Buffer.of(0x12, 0x04, 0x08, 0x06, 0x10, 0x06, 0x0a, 0x7f))),
      isMalformed,
    );
    assert.equal(bag.string(slotOf(vocabulary, 'source.uid')), undefined);
  });

  it('reads ten thousand words and entries of a map', () => {
    const words = Array.from({ length: 10_000 }, (_, i) => `k${i}`);
    const entries = Object.fromEntries(words.map((_, i) => [-i - 1, -10_000 + i]));
    const labels = decode(encode({ words, stringMaps: { 5: { entries } } })).map(slotOf(vocabulary, 'source.labels'));
    assert.ok(labels !== undefined && !(labels instanceof EvalError));
    assert.equal(labels.size, 10_000);
    assert.equal(labels.get('k0'), 'k9999');
  });
});
