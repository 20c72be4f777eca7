import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileMeasurement, type Sample } from '../../../src/adapters/solarwinds/measurement.js';
import { Duration, Timestamp, type Value } from '../../../src/sdk/index.js';

describe('compileMeasurement()', () => {
  const values: readonly (readonly [value: Value | undefined, number: string | undefined])[] = [
    [7n, '7'],
    [2n ** 62n + 1n, '4611686018427387905'],
    [1.5, '1.5'],
    [-1e-300, '-1e-300'],
    [1e126, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [Duration.fromMillis(1500), '1.5'],
    ['2.5e3', '2500'],
    ['.5', '0.5'],
    ['', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['1e999', undefined],
    ['1'.repeat(2 ** 20), undefined],
    [true, undefined],
    [Uint8Array.of(1, 2, 3, 4), undefined],
    [new Timestamp(0, 0), undefined],
    [undefined, undefined],
  ];
  for (const [value, number] of values) {
    const title = value instanceof Object ? value.constructor.name : String(value).slice(0, 20);
    it(`makes ${number ?? 'nothing'} of the ${typeof value} ${title}`, () => {
      const json = compileMeasurement('m', [])({ value, dimensions: {} }, 12);
      assert.equal(json, number === undefined ? undefined : `{"name":"m","tags":{},"time":12,"value":${number}}`);
    });
  }

  function tagsOf(labels: readonly string[], dimensions: Sample['dimensions']): ReadonlyMap<string, string> {
    const json = compileMeasurement('m', labels)({ value: 1n, dimensions }, 0);
    return new Map(Object.entries((JSON.parse(json ?? '') as { tags: Record<string, string> }).tags));
  }

  it('writes the labels that were asked for, and nothing else, as text', () => {
    const dimensions = {
      code: 200n,
      ip: Uint8Array.of(10, 0, 0, 7),
      ok: true,
      path: '/a?b=c',
      other: 'x',
      empty: '',
      absent: undefined,
    };
    const want = { code: '200', ip: '10.0.0.7', ok: 'true', path: '/a?b_c', empty: '-', absent: '-', gone: '-' };
    assert.deepEqual(
      Object.fromEntries(tagsOf(['code', 'ip', 'ok', 'path', 'empty', 'absent', 'gone'], dimensions)),
      want,
    );
  });

  it('takes any name for a name', () => {
    const dimensions = Object.assign(Object.create(null) as Record<string, string>, { constructor: 'c' });
    Object.defineProperty(dimensions, '__proto__', { value: 'p', enumerable: true });
    const tags = tagsOf(['__proto__', 'constructor', 'toString'], dimensions);
    assert.equal(tags.get('__proto__'), 'p');
    assert.equal(tags.get('constructor'), 'c');
    assert.equal(tags.get('toString'), '-');
  });

  it('replaces what AppOptics would refuse, and cuts what is too long', () => {
    const dimensions = { long: 'é'.repeat(2 ** 20), 'a b': 'line\nbreak "quoted" \\ 😀' };
    const tags = tagsOf(['long', 'a b'], dimensions);
    assert.equal(tags.get('long'), '_'.repeat(255));
    assert.equal(tags.get('a_b'), 'line_break _quoted_ \\ _');
    const [, name] = /"name":"([^"]*)"/.exec(
      compileMeasurement(`a/${'b'.repeat(300)}`, [])({ value: 1n, dimensions: {} }, 0)!,
    )!;
    assert.equal(name, `a_${'b'.repeat(253)}`);
  });
});
