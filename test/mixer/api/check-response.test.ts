import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Bag, Duration, globalDictionary, type Reference, type References } from '../../../src/attributes/index.js';
import { CheckResponse } from '../../../src/gen/istio/mixer/v1/check.js';
import {
  type ReferencedAttributes,
  ReferencedAttributes_Condition as Condition,
} from '../../../src/gen/istio/mixer/v1/attributes.js';
import { encodeCheckResponse } from '../../../src/mixer/api/index.js';
import type { CheckDecision } from '../../../src/runtime/index.js';
import { slotOf, standardVocabulary } from '../../support/compressed-attributes.js';

const vocabulary = standardVocabulary();
const nothing = new Bag(vocabulary).captureReferences();
const plain: CheckDecision = {
  status: { code: 0, message: '' },
  validDuration: Duration.fromSeconds(60),
  validUseCount: 10_000,
  references: nothing,
  directive: undefined,
  quotas: [],
};

function decode(decision: Partial<CheckDecision>, globalWordCount = 222): CheckResponse {
  return CheckResponse.decode(encodeCheckResponse({ ...plain, ...decision }, globalWordCount));
}

/** What a client makes of referenced attributes: `name`, `-name`, `name[key]` or `-name[key]`. */
function readReferences(sent: ReferencedAttributes | undefined, known = globalDictionary.length): string[] {
  const word = (index: number): string => {
    assert.ok(index < known, `word ${index} is unknown to the caller`);
    const text = index >= 0 ? globalDictionary[index] : sent?.words[-index - 1];
    assert.ok(text !== undefined);
    return text;
  };
  return (sent?.attributeMatches ?? []).map(({ name, condition, regex, mapKey }) => {
    assert.ok(condition === Condition.ABSENCE || condition === Condition.EXACT);
    assert.equal(regex, '');
    return `${condition === Condition.ABSENCE ? '-' : ''}${word(name)}${mapKey === 0 ? '' : `[${word(mapKey)}]`}`;
  });
}

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const int32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31), 12_345_678));
const status = fc.record({ code: int32, message: text });
const duration = fc
  .record({
    seconds: fc.integer({ min: 0, max: 315_576_000_000 }),
    nanos: fc.nat(999_999_999),
    sign: fc.constantFrom(1, -1),
  })
  .map(({ seconds, nanos, sign }) => new Duration(seconds === 0 ? 0 : sign * seconds, nanos === 0 ? 0 : sign * nanos));
const operation = fc.record({
  name: text,
  value: text,
  operation: fc.constantFrom('REPLACE' as const, 'REMOVE' as const, 'APPEND' as const),
});
const anyDecision = fc.record({
  status,
  validDuration: duration,
  validUseCount: int32,
  references: fc.constant(nothing),
  directive: fc.option(
    fc.record({
      requestHeaderOperations: fc.array(operation, { maxLength: 3 }),
      responseHeaderOperations: fc.array(operation, { maxLength: 3 }),
      directResponseCode: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      directResponseBody: text,
    }),
    { nil: undefined },
  ),
  quotas: fc.uniqueArray(
    fc.record({
      name: text.filter((name) => name !== '__proto__'),
      grantedAmount: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      validDuration: duration,
      status,
      references: fc.constant(nothing),
    }),
    { maxLength: 3, selector: ({ name }) => name },
  ),
});
const wire = ({ seconds, nanos }: Duration): { seconds: bigint; nanos: number } => ({
  seconds: BigInt(seconds),
  nanos,
});

describe('encodeCheckResponse()', () => {
  it('writes what the generated codec reads, in as few bytes', () => {
    const operations = { REPLACE: 0, REMOVE: 1, APPEND: 2 };
    const none = { words: [], attributeMatches: [] };
    fc.assert(
      fc.property(anyDecision, (decision) => {
        const bytes = encodeCheckResponse(decision, 222);
        const sent = CheckResponse.decode(bytes);
        const { directive } = decision;
        const headers = (list: NonNullable<typeof directive>['requestHeaderOperations']): unknown[] =>
          list.map((entry) => ({ ...entry, operation: operations[entry.operation] }));
        assert.deepEqual(sent, {
          precondition: {
            status: { ...decision.status, details: [] },
            validDuration: wire(decision.validDuration),
            validUseCount: decision.validUseCount,
            referencedAttributes: none,
            routeDirective: directive && {
              ...directive,
              requestHeaderOperations: headers(directive.requestHeaderOperations),
              responseHeaderOperations: headers(directive.responseHeaderOperations),
            },
          },
          quotas: Object.fromEntries(
            decision.quotas.map((quota) => [
              quota.name,
              {
                validDuration: wire(quota.validDuration),
                grantedAmount: quota.grantedAmount,
                referencedAttributes: none,
                status: { ...quota.status, details: [] },
              },
            ]),
          ),
        });
        assert.ok(bytes.length <= CheckResponse.encode(sent).finish().length);
      }),
      { numRuns: 500 },
    );
  });

  it('writes zero durations and OK explicitly: a client takes an absent duration for one without end', () => {
    const sent = decode({ validDuration: Duration.zero, validUseCount: 0 });
    assert.deepEqual(sent.precondition?.validDuration, { seconds: 0n, nanos: 0 });
    assert.deepEqual(sent.precondition.status, { code: 0, message: '', details: [] });
    assert.deepEqual(sent.precondition.referencedAttributes, { words: [], attributeMatches: [] });
    assert.equal(sent.precondition.routeDirective, undefined);
    assert.deepEqual(Object.keys(sent.quotas), []);
  });

  it('sends no details of a status', () => {
    const directResponse = { code: 418, body: 'x' };
    const sent = decode({ status: { code: 7, message: 'no', directResponse } });
    assert.deepEqual(sent.precondition?.status, { code: 7, message: 'no', details: [] });
  });

  it('keeps numbers that are too large within their field', () => {
    const sent = decode({ validUseCount: 2 ** 40, status: { code: -(2 ** 40), message: '' } }).precondition;
    assert.equal(sent?.validUseCount, 2 ** 31 - 1);
    assert.equal(sent.status?.code, -(2 ** 31));
  });

  it('starts afresh after a response that could not be encoded', () => {
    const broken = { ...plain, status: { code: 0, message: 5 as unknown as string } };
    assert.throws(() => encodeCheckResponse(broken, 222));
    assert.deepEqual(encodeCheckResponse(plain, 222), encodeCheckResponse(plain, 222));
    assert.equal(decode({}).precondition?.validUseCount, 10_000);
  });

  it('writes long messages', () => {
    const message = 'ä'.repeat(100_000);
    assert.equal(decode({ status: { code: 1, message } }).precondition?.status?.message, message);
  });
});

describe('encodeCheckResponse(): referenced attributes', () => {
  function someReferences(): References {
    const bag = Bag.fromValues(vocabulary, [
      ['source.uid', 'u'],
      ['destination.serviceAccount', 'd'],
      ['source.labels', new Map([['app', 'x']])],
    ]);
    bag.string(slotOf(vocabulary, 'source.uid'));
    bag.string(slotOf(vocabulary, 'destination.serviceAccount'));
    bag.string(slotOf(vocabulary, 'source.name'));
    bag.ip(slotOf(vocabulary, 'source.ip'));
    bag.map(slotOf(vocabulary, 'request.headers'));
    for (const key of ['app', ':path', 'source.ip'])
      bag.key(vocabulary.keySlot(slotOf(vocabulary, 'source.labels'), key));
    return bag.captureReferences();
  }
  const expected = [
    'destination.serviceAccount',
    '-request.headers',
    '-source.ip',
    '-source.labels[:path]',
    'source.labels[app]',
    '-source.labels[source.ip]',
    '-source.name',
    'source.uid',
  ];

  it('sends them sorted, and keys instead of whole maps', () => {
    assert.deepEqual(
      readReferences(decode({ references: someReferences() }).precondition?.referencedAttributes),
      expected,
    );
  });

  it('uses global words only as far as the caller knows them', () => {
    for (const known of [0, 1, 4, 16, 111, 222]) {
      const sent = decode({ references: someReferences() }, known).precondition?.referencedAttributes;
      assert.deepEqual(readReferences(sent, known), expected);
    }
    const sent = decode({ references: someReferences() }, 222).precondition?.referencedAttributes;
    assert.deepEqual([...(sent?.words ?? [])].sort(), ['app', 'destination.serviceAccount', 'source.ip']);
  });

  it('sends each word once', () => {
    const sent = decode({ references: someReferences() }, 0).precondition?.referencedAttributes;
    assert.equal(new Set(sent?.words).size, sent?.words.length);
  });

  it('sends keys that were worked out at run time', () => {
    const bag = Bag.fromValues(vocabulary, [['source.labels', new Map([['zone', 'x']])]]);
    const labels = bag.map(slotOf(vocabulary, 'source.labels'));
    assert.ok(labels !== undefined && 'get' in labels);
    for (const key of ['zone', 'käse', 'app', 'source.ip']) labels.get(key);
    bag.string(slotOf(vocabulary, 'a'));
    const sent = decode({ references: bag.captureReferences() }).precondition?.referencedAttributes;
    assert.deepEqual(readReferences(sent), [
      '-a',
      '-source.labels[app]',
      '-source.labels[käse]',
      '-source.labels[source.ip]',
      'source.labels[zone]',
    ]);
  });

  it('sends an attribute that should be a map and is none', () => {
    const bag = Bag.fromValues(vocabulary, [['source.labels', 'text']]);
    bag.key(vocabulary.keySlot(slotOf(vocabulary, 'source.labels'), 'app'));
    const sent = decode({ references: bag.captureReferences() }).precondition?.referencedAttributes;
    assert.deepEqual(readReferences(sent), ['source.labels']);
  });

  it('does so also beside keys that were worked out at run time', () => {
    const bag = Bag.fromValues(vocabulary, [
      ['source.labels', 'text'],
      ['request.headers', new Map()],
    ]);
    bag.key(vocabulary.keySlot(slotOf(vocabulary, 'source.labels'), 'app'));
    const headers = bag.map(slotOf(vocabulary, 'request.headers'));
    assert.ok(headers !== undefined && 'get' in headers);
    headers.get('x');
    const sent = decode({ references: bag.captureReferences() }).precondition?.referencedAttributes;
    assert.deepEqual(readReferences(sent), ['-request.headers[x]', 'source.labels']);
  });

  it('takes references of any making', () => {
    const list: readonly Reference[] = [
      { name: 'source.labels', key: undefined, condition: 'EXACT' },
      { name: 'source.labels', key: 'app', condition: 'EXACT' },
      { name: 'source.uid', key: undefined, condition: 'ABSENCE' },
      { name: 'unheard.of', key: undefined, condition: 'ABSENCE' },
    ];
    const sent = decode({ references: { vocabulary, list: () => list } }).precondition?.referencedAttributes;
    assert.deepEqual(readReferences(sent), ['source.labels[app]', '-source.uid', '-unheard.of']);
  });

  it('sends them with every quota', () => {
    const quota = {
      name: 'q',
      grantedAmount: 1n,
      validDuration: Duration.zero,
      status: plain.status,
      references: someReferences(),
    };
    const sent = decode({ quotas: [quota] }).quotas['q']?.referencedAttributes;
    assert.deepEqual(readReferences(sent), expected);
  });
});
