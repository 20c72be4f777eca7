import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bag, EvalError } from '../../../src/attributes/index.js';
import {
  ReportRequest,
  ReportRequest_RepeatedAttributesSemantics as Semantics,
} from '../../../src/gen/istio/mixer/v1/report.js';
import { ReportDecoder } from '../../../src/mixer/api/index.js';
import { MixerError } from '../../../src/util/errors.js';
import {
  anyAttributes,
  expectedValues,
  slotOf,
  standardVocabulary,
  valueOf,
} from '../../support/compressed-attributes.js';

const vocabulary = standardVocabulary();
const uid = slotOf(vocabulary, 'source.uid');
const name = slotOf(vocabulary, 'source.name');
const labels = slotOf(vocabulary, 'source.labels');
const independent = Semantics.INDEPENDENT_ENCODING;

function decoder(request: Parameters<typeof ReportRequest.fromPartial>[0]): ReportDecoder {
  return new ReportDecoder(ReportRequest.encode(ReportRequest.fromPartial(request)).finish(), vocabulary);
}

function nextBag(from: ReportDecoder): Bag {
  const bag = from.next();
  assert.ok(bag instanceof Bag);
  return bag;
}

function nextError(from: ReportDecoder): string {
  const error = from.next();
  assert.ok(error instanceof MixerError);
  return error.message;
}

describe('ReportDecoder', () => {
  it('reads independent sets, each with its own or the default words', () => {
    fc.assert(
      fc.property(
        fc.array(anyAttributes, { maxLength: 5 }),
        fc.array(fc.constantFrom('one', 'two', 'source.uid', 'app'), { maxLength: 4 }),
        (attributes, defaultWords) => {
          const report = decoder({
            attributes,
            defaultWords,
            repeatedAttributesSemantics: independent,
            globalWordCount: 9,
          });
          assert.equal(report.count, attributes.length);
          assert.equal(report.globalWordCount, 9);
          for (const message of attributes) {
            const bag = nextBag(report);
            const expected = expectedValues(message, defaultWords);
            for (const [slot, attribute] of vocabulary.names().entries()) {
              assert.deepEqual(valueOf(bag, slot), expected.get(attribute));
            }
          }
          assert.equal(report.next(), undefined);
          assert.equal(report.next(), undefined);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes overlays and references away between sets', () => {
    for (const repeatedAttributesSemantics of [independent, Semantics.DELTA_ENCODING]) {
      const report = decoder({ attributes: [{}, {}], repeatedAttributesSemantics });
      const bag = nextBag(report);
      bag.overlay(uid, 'generated');
      bag.string(name);
      assert.equal(nextBag(report), bag);
      assert.deepEqual(bag.captureReferences().list(), []);
      assert.equal(bag.string(uid), undefined);
    }
  });

  it('lays delta-encoded sets over each other', () => {
    const report = decoder({
      attributes: [
        { words: ['a', 'b', 'app'], strings: { 3: -1, 2: -2 }, stringMaps: { 5: { entries: { [-3]: -1 } } } },
        { words: ['c'], strings: { 3: -1 } },
        { int64s: { 2: 5n } },
      ],
      defaultWords: ['d'],
    });
    const bag = nextBag(report);
    assert.deepEqual([bag.string(uid), bag.string(name)], ['a', 'b']);
    nextBag(report);
    assert.deepEqual([bag.string(uid), bag.string(name)], ['c', 'b']);
    assert.equal(bag.key(vocabulary.keySlot(labels, 'app')), 'a');
    nextBag(report);
    assert.equal(bag.string(uid), 'c');
    assert.ok(bag.string(name) instanceof EvalError);
    assert.equal(bag.key(vocabulary.keySlot(labels, 'app')), 'a');
  });

  it('leaves out a delta-encoded set that makes no sense, and all of it', () => {
    const good = { words: ['a'], strings: { 3: -1 } };
    const broken = {
      'a name without a word': { words: ['x'], strings: { 3: -1 }, int64s: { [-5]: 1n } },
      'a name beyond the global dictionary': { words: ['x'], strings: { 3: -1 }, bools: { 222: true } },
      'a value without a word': { words: ['x'], strings: { 3: -1, 2: 300 } },
      'a map key without a word': { words: ['x'], strings: { 3: -1 }, stringMaps: { 5: { entries: { [-2]: -1 } } } },
      'a map value without a word': { words: ['x'], strings: { 3: -1 }, stringMaps: { 5: { entries: { [-1]: -2 } } } },
      'a name of two types': { words: ['x', 'unknown'], strings: { 3: -1, [-2]: -1 }, bools: { [-2]: true } },
    };
    for (const [what, set] of Object.entries(broken)) {
      const report = decoder({ attributes: [good, set, { words: ['z'], strings: { 2: -1 } }] });
      nextBag(report);
      assert.match(nextError(report), /attribute set 1/, what);
      const bag = nextBag(report);
      assert.deepEqual([bag.string(uid), bag.string(name)], ['a', 'z'], what);
    }
  });

  it('takes a delta-encoded set that holds unknown fields and names', () => {
    const unknown = Buffer.from([0x78, 5, 0x7a, 1, 9]);
    const entry = (tag: number, ...body: number[]): Buffer => Buffer.from([tag, body.length, ...body]);
    // source.uid = 'w', with an unknown field in the set and in the entry; then a name that no vocabulary knows.
    const set = Buffer.concat([
      unknown,
      entry(0x0a, 119),
      entry(0x12, 0x78, 1, 0x08, 6, 0x10, 1),
      entry(0x2a, 0x08, 1),
    ]);
    const report = new ReportDecoder(Buffer.concat([Buffer.of(0x0a, 0), Buffer.of(0x0a, set.length), set]), vocabulary);
    nextBag(report);
    assert.equal(nextBag(report).string(uid), 'w');
  });

  it('reads the first delta-encoded set leniently', () => {
    const bag = nextBag(decoder({ attributes: [{ words: ['x'], strings: { 3: -1, 2: 300 } }] }));
    assert.deepEqual([bag.string(uid), bag.string(name)], ['x', undefined]);
  });

  it('refuses a malformed request before it gives any set away', () => {
    const set = Buffer.of(0x0a, 2, 0x32, 0);
    const bad = Buffer.of(0x0a, 6, 0x32, 4, 0x12, 2, 0x08, 0x80);
    assert.doesNotThrow(() => new ReportDecoder(set, vocabulary));
    assert.throws(
      () => new ReportDecoder(Buffer.concat([set, bad]), vocabulary),
      (error) => error instanceof MixerError && error.code === 'MALFORMED_MESSAGE',
    );
  });

  it('refuses a caller with more words than ours, even without any set', () => {
    assert.throws(() => decoder({ globalWordCount: 223 }), /223.*222/);
  });

  it('fails with a MixerError or not at all on damaged requests', () => {
    fc.assert(
      fc.property(fc.array(anyAttributes, { maxLength: 3 }), fc.nat(), fc.nat(255), (attributes, at, byte) => {
        const bytes = Buffer.from(
          ReportRequest.encode(ReportRequest.fromPartial({ attributes, defaultWords: ['x'] })).finish(),
        );
        if (bytes.length > 0) bytes[at % bytes.length] = byte;
        try {
          const report = new ReportDecoder(bytes, vocabulary);
          for (let set = 0; set < report.count; set++) assert.notEqual(report.next(), undefined);
        } catch (error) {
          if (!(error instanceof MixerError)) throw error;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('fills the bag it is given', () => {
    const bag = new Bag(vocabulary);
    const bytes = ReportRequest.encode(ReportRequest.fromPartial({ attributes: [{ strings: { 3: 4 } }] })).finish();
    assert.equal(new ReportDecoder(bytes, vocabulary, { bag }).next(), bag);
    assert.equal(bag.string(uid), 'source.namespace');
  });
});
