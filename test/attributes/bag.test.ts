import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AttributeReader,
  Bag,
  Duration,
  EvalError,
  type References,
  type StringMap,
  Timestamp,
  type Value,
  Vocabulary,
  WireReader,
} from '../../src/attributes/index.js';
import { CompressedAttributes } from '../../src/gen/istio/mixer/v1/attributes.js';
import { slotOf } from '../support/compressed-attributes.js';

const types = {
  s: 'STRING',
  i: 'INT64',
  d: 'DOUBLE',
  b: 'BOOL',
  t: 'TIMESTAMP',
  u: 'DURATION',
  ip: 'IP_ADDRESS',
  m: 'STRING_MAP',
} as const;
const values = {
  s: 'text',
  i: 2n ** 62n + 1n,
  d: 1.5,
  b: true,
  t: new Timestamp(5, 7),
  u: new Duration(1, 500_000_000),
  ip: Uint8Array.of(10, 0, 0, 1),
  m: new Map([
    ['k', 'v'],
    ['__proto__', 'p'],
  ]),
} as const;

function vocabulary(): Vocabulary {
  const made = new Vocabulary();
  for (const [name, type] of Object.entries(types)) made.define(name, type);
  made.define('__proto__', 'STRING');
  for (const key of ['k', 'none', '__proto__']) made.keySlot(slotOf(made, 'm'), key);
  return made;
}

function fromValues(entries: Iterable<readonly [string, Value]>): Bag {
  return Bag.fromValues(vocabulary(), entries);
}

/** The same attributes through the wire: all words are the message's own. */
function fromWire(entries: Iterable<readonly [string, Value]>, bag = new Bag(vocabulary())): Bag {
  const words: string[] = [];
  const word = (text: string): number => -words.push(text);
  const message = CompressedAttributes.fromPartial({});
  for (const [name, value] of entries) {
    const key = word(name);
    if (typeof value === 'string') message.strings[key] = word(value);
    else if (typeof value === 'bigint') message.int64s[key] = value;
    else if (typeof value === 'number') message.doubles[key] = value;
    else if (typeof value === 'boolean') message.bools[key] = value;
    else if (value instanceof Timestamp)
      message.timestamps[key] = { seconds: BigInt(value.seconds), nanos: value.nanos };
    else if (value instanceof Duration) message.durations[key] = { seconds: BigInt(value.seconds), nanos: value.nanos };
    else if (value instanceof Uint8Array) message.bytes[key] = Buffer.from(value);
    else
      message.stringMaps[key] = {
        entries: Object.fromEntries([...value.entries()].map(([k, v]) => [word(k), word(v)])),
      };
  }
  message.words = words;
  bag.decode(new WireReader(CompressedAttributes.encode(message).finish()));
  return bag;
}

function slot(bag: Bag, name: string): number {
  return slotOf(bag.vocabulary, name);
}

function key(bag: Bag, text: string): string | undefined | null | EvalError {
  return bag.key(bag.vocabulary.keySlot(slot(bag, 'm'), text));
}

function mapOf(bag: Bag): StringMap {
  const map = bag.map(slot(bag, 'm'));
  assert.ok(map !== undefined && !(map instanceof EvalError));
  return map;
}

function listed(references: References): string[] {
  return references
    .list()
    .map(
      ({ name, key, condition }) => `${condition === 'EXACT' ? '' : '-'}${name}${key === undefined ? '' : `[${key}]`}`,
    );
}

const methods: Readonly<Record<keyof typeof types, keyof AttributeReader>> = {
  s: 'string',
  i: 'int64',
  d: 'double',
  b: 'bool',
  t: 'timestamp',
  u: 'duration',
  ip: 'ip',
  m: 'map',
};

for (const [source, make] of [
  ['made of plain values', fromValues],
  ['decoded', fromWire],
] as const) {
  describe(`a bag ${source}`, () => {
    it('gives each value by the method of its type, however often', () => {
      const bag = make(Object.entries(values));
      for (const [name, method] of Object.entries(methods)) {
        for (let time = 0; time < 2; time++) {
          const value = bag[method](slot(bag, name));
          const expected = values[name as keyof typeof values];
          if (name === 'm')
            assert.deepEqual([...(value as StringMap).entries()], [...(expected as StringMap).entries()]);
          else assert.deepEqual(value, expected);
        }
      }
      assert.equal(mapOf(bag).size, 2);
      assert.equal(mapOf(bag).get('k'), 'v');
      assert.equal(mapOf(bag).get('constructor'), undefined);
    });

    it('gives undefined for what is absent', () => {
      const bag = make([]);
      for (const [name, method] of Object.entries(methods)) assert.equal(bag[method](slot(bag, name)), undefined);
      assert.equal(key(bag, 'k'), undefined);
    });

    it('tells an absent key from an absent map', () => {
      const bag = make(Object.entries(values));
      for (let time = 0; time < 2; time++) {
        assert.equal(key(bag, 'k'), 'v');
        assert.equal(key(bag, '__proto__'), 'p');
        assert.equal(key(bag, 'none'), null);
      }
    });

    it('answers a wrong type with an error whose subject is the value', () => {
      const texts = {
        s: 'text',
        i: '4611686018427387905',
        d: '1.5',
        b: 'true',
        t: '1970-01-01T00:00:05.000000007Z',
        u: '1.5s',
        ip: '[10 0 0 1]',
        m: 'map[k:v __proto__:p]',
      };
      for (const [name, text] of Object.entries(texts)) {
        for (const [declared, method] of Object.entries(methods)) {
          const interchangeable = name === declared || (name + declared).replace('u', 'i') === 'ii';
          if (interchangeable) continue;
          const bag = make([[declared, values[name as keyof typeof values]]]);
          const error = bag[method](slot(bag, declared));
          assert.ok(error instanceof EvalError, `${name} as ${declared}`);
          assert.equal(error.kind, 'ATTRIBUTE_VALUE_WRONG_TYPE');
          assert.equal(error.subject, text);
        }
      }
      const bag = make([['m', 'no map']]);
      assert.equal((key(bag, 'k') as EvalError).subject, 'no map');
      assert.deepEqual(listed(bag.captureReferences()), ['m']);
    });

    it('reads INT64 and DURATION as each other, in nanoseconds', () => {
      const bag = make([
        ['i', new Duration(-2, -5)],
        ['u', 1_500_000_000n],
      ]);
      assert.equal(bag.int64(slot(bag, 'i')), -2_000_000_005n);
      assert.deepEqual(bag.duration(slot(bag, 'u')), new Duration(1, 500_000_000));
    });

    it('records what was read, sorted by name and key', () => {
      const bag = make([
        ['s', 'x'],
        ['m', values.m],
      ]);
      assert.deepEqual(listed(bag.captureReferences()), []);
      bag.string(slot(bag, 's'));
      bag.int64(slot(bag, 'i'));
      key(bag, 'none');
      key(bag, 'k');
      mapOf(bag).get('zzz');
      mapOf(bag).get('k');
      mapOf(bag).get('a');
      assert.deepEqual(listed(bag.captureReferences()), ['-i', 'm', '-m[a]', 'm[k]', '-m[none]', '-m[zzz]', 's']);
    });

    it('records an absent map as the attribute alone', () => {
      const bag = make([]);
      key(bag, 'k');
      assert.deepEqual(listed(bag.captureReferences()), ['-m']);
    });

    it('keeps captured references as they were', () => {
      const bag = make([['s', 'x']]);
      bag.string(slot(bag, 's'));
      const captured = bag.captureReferences();
      bag.bool(slot(bag, 'b'));
      assert.deepEqual(listed(captured), ['s']);
      bag.reset();
      assert.deepEqual(listed(captured), ['s']);
    });

    it('goes back to saved references, keys included', () => {
      const bag = make([['m', values.m]]);
      key(bag, 'k');
      mapOf(bag).get('dynamic');
      const saved = bag.saveReferences();
      bag.string(slot(bag, 's'));
      key(bag, 'none');
      mapOf(bag).get('more');
      bag.restoreReferences(saved);
      assert.deepEqual(listed(bag.captureReferences()), ['m', '-m[dynamic]', 'm[k]']);
      key(bag, 'none');
      assert.deepEqual(listed(bag.captureReferences()), ['m', '-m[dynamic]', 'm[k]', '-m[none]']);
    });

    it('keeps several saved references apart, also after it was used anew', () => {
      const bag = make([['s', 'x']]);
      for (let time = 0; time < 2; time++) {
        const empty = bag.saveReferences();
        bag.string(slot(bag, 's'));
        const one = bag.saveReferences();
        bag.bool(slot(bag, 'b'));
        bag.restoreReferences(one);
        assert.deepEqual(listed(bag.captureReferences()), [time === 0 ? 's' : '-s']);
        bag.restoreReferences(empty);
        assert.deepEqual(listed(bag.captureReferences()), []);
        bag.reset();
      }
    });

    it('tells whether a slot has a value without recording that', () => {
      const bag = make([['s', 'x']]);
      bag.overlay(slot(bag, 'i'), 1n);
      assert.deepEqual(
        ['s', 'i', 'b'].map((name) => bag.has(slot(bag, name))),
        [true, true, false],
      );
      assert.deepEqual(listed(bag.captureReferences()), []);
    });

    it('forgets values, references and overlays when reset', () => {
      const bag = make(Object.entries(values));
      bag.string(slot(bag, 's'));
      key(bag, 'k');
      bag.overlay(slot(bag, 'i'), 1n);
      bag.reset();
      assert.deepEqual(listed(bag.captureReferences()), []);
      assert.equal(bag.string(slot(bag, 's')), undefined);
      assert.equal(bag.int64(slot(bag, 'i')), undefined);
      assert.equal(key(bag, 'k'), undefined);
    });

    it('reads what is overlaid without recording it', () => {
      const bag = make([
        ['s', 'own'],
        ['m', values.m],
      ]);
      assert.equal(key(bag, 'k'), 'v');
      bag.overlay(slot(bag, 's'), 'generated');
      bag.overlay(slot(bag, 'i'), 7n);
      bag.overlay(slot(bag, 'm'), new Map([['none', 'n']]));
      const before = listed(bag.captureReferences());
      for (let time = 0; time < 2; time++) {
        assert.equal(bag.string(slot(bag, 's')), 'generated');
        assert.equal(bag.int64(slot(bag, 'i')), 7n);
        assert.equal(key(bag, 'none'), 'n');
        assert.equal(key(bag, 'k'), null);
        assert.equal(mapOf(bag).get('other'), undefined);
      }
      assert.deepEqual(listed(bag.captureReferences()), before);
    });

    it('shows what an overlay covered when it is taken away', () => {
      const bag = make([
        ['s', 'own'],
        ['m', values.m],
      ]);
      for (const name of ['s', 'm', 'b']) bag.overlay(slot(bag, name), 'first');
      bag.overlay(slot(bag, 's'), 'second');
      bag.overlay(slot(bag, 'm'), new Map([['k', 'generated']]));
      assert.equal(key(bag, 'k'), 'generated');
      bag.overlay(slot(bag, 's'), undefined);
      bag.clearOverlays();
      bag.overlay(slot(bag, 'd'), undefined);
      assert.equal(bag.string(slot(bag, 's')), 'own');
      assert.equal(bag.bool(slot(bag, 'b')), undefined);
      assert.equal(key(bag, 'k'), 'v');
      assert.deepEqual(listed(bag.captureReferences()), ['-b', 'm', 'm[k]', 's']);
    });

    it('answers an overlay of a wrong type with an error and records nothing', () => {
      const bag = make([]);
      bag.overlay(slot(bag, 's'), 5n);
      assert.equal((bag.string(slot(bag, 's')) as EvalError).subject, '5');
      assert.deepEqual(listed(bag.captureReferences()), []);
    });

    it('takes attributes named like properties of objects', () => {
      const bag = make([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]);
      assert.equal(bag.string(slot(bag, '__proto__')), 'x');
    });
  });
}

describe('a hidden slot', () => {
  it('is read through overlays only, cannot be sent and leaves no reference', () => {
    const words = vocabulary();
    const hidden = words.defineHidden('$out.x', 'STRING');
    const bag = fromWire(
      [
        ['$out.x', 'sent'],
        ['', 'empty'],
      ],
      new Bag(words),
    );
    assert.equal(bag.string(hidden), undefined);
    bag.overlay(hidden, 'generated');
    assert.equal(bag.string(hidden), 'generated');
    bag.overlay(hidden, undefined);
    assert.equal(bag.string(hidden), undefined);
    assert.deepEqual(listed(bag.captureReferences()), []);
  });
});

describe('Bag.fromValues()', () => {
  it('leaves unknown names out and takes the last of two values', () => {
    const bag = fromValues([
      ['s', 'first'],
      ['unknown', 'x'],
      ['s', 'last'],
    ]);
    assert.equal(bag.string(slot(bag, 's')), 'last');
  });

  it('seals the vocabulary', () => {
    const bag = fromValues([]);
    assert.throws(() => bag.vocabulary.define('late', 'STRING'), /sealed/);
    assert.throws(() => bag.vocabulary.keySlot(slot(bag, 'm'), 'late'), /sealed/);
  });
});

describe('Bag.absorb()', () => {
  it('lays the values of another bag over its own and keeps them when that one changes', () => {
    const words = vocabulary();
    const base = fromWire(
      [
        ['s', 'base'],
        ['i', 1n],
        ['m', new Map([['k', 'base']])],
      ],
      new Bag(words),
    );
    const delta = fromWire(
      [
        ['s', 'delta'],
        ['m', new Map([['k', 'delta']])],
      ],
      new Bag(words),
    );
    assert.equal(key(base, 'k'), 'base');
    base.overlay(slot(base, 'i'), 9n);
    base.absorb(delta);
    fromWire(
      [
        ['s', 'later'],
        ['m', new Map([['k', 'later']])],
      ],
      delta,
    );
    assert.equal(base.string(slot(base, 's')), 'delta');
    assert.equal(base.int64(slot(base, 'i')), 1n);
    assert.equal(key(base, 'k'), 'delta');
    assert.equal(mapOf(base).get('k'), 'delta');
  });

  it('replaces a value by one of another type', () => {
    const words = vocabulary();
    const base = fromWire([['s', 'base']], new Bag(words));
    base.absorb(fromWire([['s', 5n]], new Bag(words)));
    assert.equal((base.string(slot(base, 's')) as EvalError).subject, '5');
  });
});
