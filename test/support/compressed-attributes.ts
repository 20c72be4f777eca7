import fc from 'fast-check';
import {
  type Bag,
  Duration,
  EvalError,
  globalDictionary,
  standardManifest,
  Timestamp,
  type Value,
  type ValueType,
  Vocabulary,
} from '../../src/attributes/index.js';
import type { CompressedAttributes } from '../../src/gen/istio/mixer/v1/attributes.js';

/** Attributes of each type besides the standard ones, with hostile and non-ASCII names among them. */
export const extraNames = ['__proto__', 'constructor', 'a', 'käse', 'x.y'] as const;

/** The standard vocabulary plus {@link extraNames} as strings, with some constant keys. */
export function standardVocabulary(): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const [name, type] of standardManifest) vocabulary.define(name, type);
  for (const name of extraNames) vocabulary.define(name, 'STRING');
  for (const map of ['source.labels', 'request.headers']) {
    for (const key of ['app', ':path', 'source.ip', '__proto__', 'käse'])
      vocabulary.keySlot(slotOf(vocabulary, map), key);
  }
  return vocabulary;
}

/** The slot of a name that is known to be there. */
export function slotOf(vocabulary: Vocabulary, name: string): number {
  const slot = vocabulary.slotOf(name);
  if (slot === undefined) throw new Error(`no attribute '${name}'`);
  return slot;
}

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -300n, max: 100_000n }),
  fc.constantFrom(
    0n,
    127n,
    128n,
    2n ** 28n,
    2n ** 32n - 1n,
    2n ** 49n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    -1n,
  ),
);
const words = fc.array(
  fc.oneof(
    fc.constantFrom(...globalDictionary, ...extraNames, 'app', 'v1', ''),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
  ),
  { maxLength: 12 },
);
const timestamp = fc.record({
  seconds: fc.bigInt({ min: -62_135_596_800n, max: 253_402_300_799n }),
  nanos: fc.integer({ min: 0, max: 999_999_999 }),
});
const duration = fc
  .record({
    seconds: fc.bigInt({ min: 0n, max: 315_576_000_000n }),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    negative: fc.boolean(),
  })
  .map(({ seconds, nanos, negative }) => (negative ? { seconds: -seconds, nanos: 0 - nanos } : { seconds, nanos }));

/** Messages in which indices mostly, but not always, name a word. */
export const anyAttributes: fc.Arbitrary<CompressedAttributes> = words.chain((list) => {
  const index = fc.oneof(
    fc.integer({ min: -list.length, max: globalDictionary.length - 1 }),
    fc.constantFrom(0, 3, 5, 15, 24, 29, -list.length - 1, globalDictionary.length, -(2 ** 31), 2 ** 31 - 1),
  );
  const map = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<number, T>> =>
    fc.array(fc.tuple(index, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries));
  return fc
    .record({
      strings: map(index),
      int64s: map(int64),
      doubles: map(fc.double()),
      bools: map(fc.boolean()),
      timestamps: map(timestamp),
      durations: map(duration),
      bytes: map(fc.uint8Array({ maxLength: 16 }).map((bytes) => Buffer.from(bytes))),
      stringMaps: map(map(index).map((entries) => ({ entries }))),
    })
    .map((maps) => ({ words: list, ...maps }));
});

/** Reads every slot by the method of its type, and every key slot. */
export function readAll(bag: Bag): unknown[] {
  const { vocabulary } = bag;
  const read: Record<ValueType, (slot: number) => unknown> = {
    VALUE_TYPE_UNSPECIFIED: () => undefined,
    STRING: (slot) => bag.string(slot),
    EMAIL_ADDRESS: (slot) => bag.string(slot),
    URI: (slot) => bag.string(slot),
    DNS_NAME: (slot) => bag.string(slot),
    INT64: (slot) => bag.int64(slot),
    DOUBLE: (slot) => bag.double(slot),
    BOOL: (slot) => bag.bool(slot),
    TIMESTAMP: (slot) => bag.timestamp(slot),
    DURATION: (slot) => bag.duration(slot),
    IP_ADDRESS: (slot) => bag.ip(slot),
    STRING_MAP: (slot) => bag.map(slot),
  };
  return [
    ...vocabulary.names().map((_, slot) => read[vocabulary.typeOf(slot)](slot)),
    ...vocabulary.keySlots.map((_, keySlot) => bag.key(keySlot)),
  ];
}

/** Whatever a slot holds, found by trying all methods; undefined when it is absent. */
export function valueOf(bag: Bag, slot: number): Value | undefined {
  for (const read of ['string', 'double', 'bool', 'timestamp', 'ip'] as const) {
    const value = bag[read](slot);
    if (value === undefined) return undefined;
    if (!(value instanceof EvalError)) return value;
  }
  const map = bag.map(slot);
  if (map !== undefined && !(map instanceof EvalError)) return new Map(map.entries());
  // INT64 and DURATION accept each other, so only the text of a refusal tells them apart.
  const refusal = bag.string(slot);
  const isInteger = refusal instanceof EvalError && /^-?\d+$/.test(refusal.subject);
  const value = isInteger ? bag.int64(slot) : bag.duration(slot);
  if (value instanceof EvalError) throw new Error('a value of no type');
  return value;
}

/** What a message says about the names of a vocabulary, worked out the slow way from the generated message. */
export function expectedValues(
  message: CompressedAttributes,
  defaultWords: readonly string[] = [],
): Map<string, Value | undefined> {
  const list = message.words.length > 0 ? message.words : defaultWords;
  const word = (index: number): string | undefined => (index >= 0 ? globalDictionary[index] : list[-index - 1]);
  const found = new Map<string, Value | undefined>();
  const probe = <T>(map: Record<number, T>, convert: (value: T) => Value | undefined): void => {
    const inMap = new Map<string, Value | undefined>();
    for (const [index, value] of Object.entries(map)) {
      const name = word(Number(index));
      if (name !== undefined) inMap.set(name, convert(value));
    }
    for (const [name, value] of inMap) if (!found.has(name)) found.set(name, value);
  };
  probe(message.strings, word);
  probe(message.stringMaps, ({ entries }) => {
    const pairs = Object.entries(entries).map(([key, value]) => [word(Number(key)), word(value)] as const);
    return pairs.some((pair) => pair.includes(undefined)) ? undefined : new Map(pairs as [string, string][]);
  });
  probe(message.int64s, (value) => value);
  // The generated encoder leaves a zero out, also a negative one.
  probe(message.doubles, (value) => (value === 0 ? 0 : value));
  probe(message.bools, (value) => value);
  probe(message.timestamps, ({ seconds, nanos }) => new Timestamp(Number(seconds), nanos));
  probe(message.durations, ({ seconds, nanos }) => new Duration(Number(seconds), nanos));
  probe(message.bytes, (value) => new Uint8Array(value));
  return found;
}
