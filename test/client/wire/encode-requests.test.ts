import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { Duration, globalDictionary, Timestamp, type Value } from '../../../src/attributes/index.js';
import { encodeCheckRequest, ReportEncoder } from '../../../src/client/wire/encode-requests.js';
import { fullWordCount, shrunkWordCount } from '../../../src/client/wire/message-words.js';
import type { CompressedAttributes } from '../../../src/gen/istio/mixer/v1/attributes.js';
import { CheckRequest } from '../../../src/gen/istio/mixer/v1/check.js';
import { ReportRequest, ReportRequest_RepeatedAttributesSemantics } from '../../../src/gen/istio/mixer/v1/report.js';
import { expectedValues, extraNames } from '../../support/compressed-attributes.js';

/** All sets at once. */
function encodeReportRequest(sets: readonly ReadonlyMap<string, Value>[], count: number): Buffer {
  const encoder = new ReportEncoder(count);
  for (const set of sets) encoder.add(set);
  const request = encoder.finish();
  assert.ok(encoder.size >= request.length - 10, 'the size is never told too small');
  return request;
}

const encode = (attributes: Map<string, Value>, count = fullWordCount): CheckRequest =>
  CheckRequest.decode(encodeCheckRequest({ attributes, quotas: [], deduplicationId: 'id' }, count));

const text = fc.oneof(
  fc.constantFrom(...globalDictionary, ...extraNames, ''),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);
const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n + 1n),
);
const seconds = fc.integer({ min: -62_135_596_800, max: 253_402_300_799 });
const nanos = fc.integer({ min: 0, max: 999_999_999 });
const value: fc.Arbitrary<Value> = fc.oneof(
  text,
  int64,
  fc.double({ noNaN: true }).map((number) => (number === 0 ? 0 : number)),
  fc.boolean(),
  fc.tuple(seconds, nanos).map(([s, n]) => new Timestamp(s, n)),
  fc.tuple(seconds, nanos).map(([s, n]) => (s < 0 ? new Duration(s, 0 - n) : new Duration(s, n))),
  fc.uint8Array({ maxLength: 16 }),
  fc.array(fc.tuple(text, text), { maxLength: 8 }).map((entries) => new Map(entries)),
);
const attributes = fc.array(fc.tuple(text, value), { maxLength: 20 }).map((entries) => new Map(entries));

describe('reports of many sets', () => {
  it('say what they were given, however often values come again', () => {
    const few = fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), value), { maxLength: 3 });
    const sets = fc.array(
      fc.oneof(
        attributes,
        few.map((entries) => new Map(entries)),
      ),
      { maxLength: 12 },
    );
    const again = sets.map((list) => [...list, ...list, ...list.toReversed()]);
    fc.assert(
      fc.property(again, (given) => {
        const request = ReportRequest.decode(encodeReportRequest(given, fullWordCount));
        const found = request.attributes.map((one) => expectedValues({ ...one, words: request.defaultWords }));
        assert.deepEqual(found, given);
      }),
      { numRuns: 200 },
    );
  });
});

describe('requests (1.8)', () => {
  it('say what they were given, whatever that is', () => {
    fc.assert(
      fc.property(attributes, fc.constantFrom(fullWordCount, shrunkWordCount), (given, count) => {
        const message = encode(given, count).attributes!;
        assert.deepEqual(expectedValues(message), given);
        assert.ok(indicesOf(message).every((index) => index < count));
      }),
    );
  });

  it('use the words of the dictionary, quotation marks included, and name others from -1 down', () => {
    const message = encode(
      new Map<string, Value>([
        ['source.ip', "'200'"],
        ['mine', '200'],
        ['request.headers', new Map([['mine', '"-"']])],
        ['other', 'mine'],
      ]),
    ).attributes!;
    assert.deepEqual(message.words, ['mine', 'other']);
    const at = (word: string): number => globalDictionary.indexOf(word);
    assert.deepEqual(message.strings, { [at('source.ip')]: at("'200'"), '-1': at('200'), '-2': -1 });
    assert.deepEqual(message.stringMaps[at('request.headers')]?.entries, { '-1': at('"-"') });
    assert.deepEqual([at('source.ip'), at("'200'"), at('"-"'), at('200')], [0, 94, 218, 136]);
  });

  it('tell the number of words that they use, their id, and their quotas', () => {
    const request = CheckRequest.decode(
      encodeCheckRequest(
        {
          attributes: new Map(),
          quotas: [
            { name: 'a', amount: 5n, bestEffort: true },
            { name: '__proto__', amount: 2n ** 60n, bestEffort: false },
          ],
          deduplicationId: 'some-id7',
        },
        fullWordCount,
      ),
    );
    assert.equal(request.globalWordCount, 222);
    assert.equal(request.deduplicationId, 'some-id7');
    assert.deepEqual(request.quotas.a, { amount: 5n, bestEffort: true });
    assert.equal(Object.keys(request.attributes?.strings ?? {}).length, 0);
  });

  it('of reports share their words, and each set stands alone', () => {
    const request = ReportRequest.decode(
      encodeReportRequest([new Map([['mine', 'x']]), new Map([['mine', 'y']]), new Map()], fullWordCount),
    );
    assert.equal(request.repeatedAttributesSemantics, ReportRequest_RepeatedAttributesSemantics.INDEPENDENT_ENCODING);
    assert.equal(request.globalWordCount, 222);
    assert.equal(request.attributes.length, 3);
    assert.ok(request.attributes.every(({ words }) => words.length === 0));
    assert.deepEqual(
      request.attributes.map((message) => Object.fromEntries(expectedValues(message, request.defaultWords))),
      [{ mine: 'x' }, { mine: 'y' }, {}],
    );
  });

  it('of reports may have no words of their own', () => {
    const request = ReportRequest.decode(encodeReportRequest([new Map([['source.ip', 'source.uid']])], fullWordCount));
    assert.deepEqual(request.defaultWords, []);
    assert.deepEqual(request.attributes[0]?.strings, { 0: 3 });
  });
});

function indicesOf(message: CompressedAttributes): number[] {
  const { words: _, strings, stringMaps, ...others } = message;
  return [
    ...Object.entries(strings).flatMap(([key, index]) => [Number(key), index]),
    ...Object.entries(stringMaps).flatMap(([key, { entries }]) => [
      Number(key),
      ...Object.entries(entries).flatMap(([name, index]) => [Number(name), index]),
    ]),
    ...Object.values(others).flatMap((map: object) => Object.keys(map).map(Number)),
  ];
}
