import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { type StringMap, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { build, entry, measurement, second, time } from './setup.js';

const types: Readonly<Record<string, ValueType>> = {
  Bool: 'BOOL',
  Bytes: 'VALUE_TYPE_UNSPECIFIED',
  DNSName: 'DNS_NAME',
  Double: 'DOUBLE',
  Duration: 'DURATION',
  EmailAddr: 'EMAIL_ADDRESS',
  IPAddress: 'IP_ADDRESS',
  Int64: 'INT64',
  String: 'STRING',
  StringMap: 'STRING_MAP',
  Time: 'TIMESTAMP',
  URL: 'URI',
};
const full: Readonly<Record<string, Value>> = {
  String: 'a string',
  Int64: 123n,
  Double: 1.23,
  Bool: true,
  Time: time,
  Duration: second,
  IPAddress: Uint8Array.of(1, 0, 0, 127),
  Bytes: Buffer.from('b'),
  StringMap: new Map([
    ['C', 'D'],
    ['A', 'B'],
  ]),
  DNSName: 'foo.bar.com',
  EmailAddr: 'foo@bar.com',
  URL: 'http://foo.com',
};
const zero = { severity: 'WARNING', timestamp: new Timestamp(-62_135_596_800, 0) };
const text = (value: Value | undefined, type: ValueType = 'STRING') => ({ value, type });

describe('handleLogEntry()', () => {
  it('writes the line that Mixer writes for a full record', async () => {
    const { log, lines } = build('{}', types);
    log(entry(full, zero));
    assert.deepEqual(await lines(), [
      '{"level":"warn","time":"0001-01-01T00:00:00.000000Z","instance":"Foo","Bool":true,"Bytes":"Yg==",' +
        '"DNSName":"foo.bar.com","Double":1.23,"Duration":"1s","EmailAddr":"foo@bar.com","IPAddress":"1.0.0.127",' +
        '"Int64":123,"String":"a string","StringMap":{"A":"B","C":"D"},"Time":"2017-08-21T10:04:00.000000Z",' +
        '"URL":"http://foo.com"}',
    ]);
  });

  it('writes columns when JSON is not asked for', async () => {
    const { log, lines } = build('output_as_json: false', types);
    log(entry({ Int64: 1n, String: 'x "y"' }), entry({}));
    assert.deepEqual(await lines(), [
      '2017-08-21T10:04:00.000000Z\tinfo\tFoo\t{"Int64": 1, "String": "x \\"y\\""}',
      '2017-08-21T10:04:00.000000Z\tinfo\tFoo',
    ]);
  });

  it('writes only what the type knows and the entry has, whatever came before', async () => {
    const { log, lines } = build('{}', { a: 'STRING', b: 'STRING', __proto__x: 'STRING' });
    log(entry({ b: '1', a: '2' }), entry({ b: '3', stranger: 'x' }), entry({ a: '4', b: undefined }));
    log(entry({ b: '5', a: '6' }), entry({}), entry({ b: '7', a: '6' }));
    const rest = (await lines()).map((line) =>
      Object.entries(JSON.parse(line) as object)
        .slice(3)
        .flat()
        .join(' '),
    );
    assert.deepEqual(rest, ['a 2 b 1', 'b 3', 'a 4', 'a 6 b 5', '', 'a 6 b 7']);
  });

  it('writes an entry without time or severity', async () => {
    const { log, lines } = build('{}', {});
    log(entry({}, { severity: undefined as unknown as string, timestamp: undefined }));
    assert.deepEqual(await lines(), ['{"level":"info","time":"0001-01-01T00:00:00.000000Z","instance":"Foo"}']);
  });

  it('writes an instance that was not announced without variables', async () => {
    const { log, lines } = build('{}', types);
    log(entry(full, { name: 'evil"\n' }));
    assert.deepEqual(await lines(), ['{"level":"info","time":"2017-08-21T10:04:00.000000Z","instance":"evil\\"\\n"}']);
  });

  const values: readonly { value: Value; type: ValueType; want: unknown }[] = [
    { ...text('a"b\\c\nd\u0000\u2028'), want: 'a"b\\c\nd\u0000\u2028' },
    { ...text('\ud800'), want: '\ud800' },
    { ...text('\ud83d\ude00'), want: '\ud83d\ude00' },
    { ...text('x'.repeat(1 << 20)), want: 'x'.repeat(1 << 20) },
    { ...text(NaN, 'DOUBLE'), want: 'NaN' },
    { ...text(-Infinity, 'DOUBLE'), want: '-Inf' },
    { ...text(1e21, 'DOUBLE'), want: 1e21 },
    { ...text(Uint8Array.of(...Array<number>(10).fill(0), 255, 255, 1, 2, 3, 4), 'IP_ADDRESS'), want: '1.2.3.4' },
    { ...text(new Map([['__proto__', '"']]), 'STRING_MAP'), want: JSON.parse('{"__proto__":"\\""}') },
    { ...text(new Timestamp(0, 1500), 'TIMESTAMP'), want: '1970-01-01T00:00:00.000001Z' },
  ] as never;
  for (const { value, type, want } of values) {
    it(`writes ${type} ${inspect(value).slice(0, 20)} as JSON`, async () => {
      const { log, lines } = build('{}', { v: type });
      log(entry({ v: value }));
      log(entry({ v: value }));
      for (const line of await lines()) assert.deepEqual((JSON.parse(line) as { v: unknown }).v, want);
    });
  }

  it('writes integers exactly', async () => {
    const { log, lines } = build('{}', { v: 'INT64' });
    log(entry({ v: 9007199254740993n }), entry({ v: -(2n ** 63n) }));
    assert.match((await lines()).join(), /"v":9007199254740993}.*"v":-9223372036854775808}/);
  });

  it('reports a value without a text and still writes the others', async () => {
    const { log, lines } = build('{}', { v: 'STRING_MAP' });
    const broken: StringMap = new Map();
    broken.entries = () => {
      throw new Error('no entries');
    };
    assert.throws(() => log(entry({ v: new Map() }), entry({ v: broken }), entry({})), {
      message: /^could not format Foo: .*no entries/,
    });
    assert.equal((await lines()).length, 2);
  });

  it('writes one chunk per call', async () => {
    const { log, lines, file } = build('{}', {});
    log(entry({}), entry({}), entry({}));
    assert.equal((await lines()).length, 3);
    assert.equal(file.appends.length, 1);
  });
});

describe('levels', () => {
  const levels = async (yaml: string, severities: readonly string[]) => {
    const { log, lines } = build(yaml, {});
    log(...severities.map((severity) => entry({}, { severity })));
    return (await lines()).map((line) => (JSON.parse(line) as { level: string }).level);
  };

  it('come from the severity, spelled exactly', async () => {
    const severities = ['INFORMATIONAL', 'informational', 'INFO', 'info', 'Info', 'BOGUS', ''];
    assert.deepEqual(new Set(await levels('{}', severities)), new Set(['info']));
    assert.deepEqual(new Set(await levels('{}', ['WARNING', 'warning', 'WARN', 'warn'])), new Set(['warn']));
    assert.deepEqual(
      new Set(await levels('{}', ['ERROR', 'error', 'ERR', 'err', 'FATAL', 'fatal'])),
      new Set(['error']),
    );
  });

  it('come from the given map instead of the default one', async () => {
    assert.deepEqual(await levels('severity_levels: {bad: ERROR}', ['bad', 'error']), ['error', 'info']);
  });

  it('below the output level are dropped', async () => {
    assert.deepEqual(await levels('output_level: WARNING', ['info', 'warn', 'error']), ['warn', 'error']);
  });
});

describe('handleMetric()', () => {
  it('writes the value before the dimensions, with the time of now', async () => {
    const { measure, lines, env } = build('metric_level: WARNING', { ip: 'IP_ADDRESS', a: 'STRING' });
    env.clock.set(1500.25);
    measure(measurement(5n, { ip: Uint8Array.of(1, 2, 3, 4), a: 'x' }), measurement(second, {}));
    const head = '{"level":"warn","time":"1970-01-01T00:00:01.500250Z","instance":"m.metric.default"';
    assert.deepEqual(await lines(), [`${head},"value":5,"a":"x","ip":"1.2.3.4"}`, `${head},"value":"1s"}`]);
  });

  it('writes columns when JSON is not asked for', async () => {
    const { measure, lines, env } = build('output_as_json: false', { a: 'STRING' });
    env.clock.set(0);
    measure(measurement('1', { a: 'x' }));
    assert.deepEqual(await lines(), ['1970-01-01T00:00:00.000000Z\tinfo\tm.metric.default\t{"value": "1", "a": "x"}']);
  });

  it('writes nothing below the output level', async () => {
    const { measure, lines } = build('output_level: ERROR', {});
    measure(measurement(1n, {}));
    assert.deepEqual(await lines(), []);
  });
});

describe('a broken output', () => {
  it('is counted, and told to the next call', async () => {
    const { log, lines, file, env } = build('{}', {});
    file.failure = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    log(entry({}), entry({}));
    await lines();
    assert.throws(() => log(entry({})), { message: 'could not write 2 lines: write EPIPE' });
    await lines();
    file.failure = undefined;
    assert.throws(() => log(entry({})), { message: 'could not write 1 lines: write EPIPE' });
    assert.equal((await lines()).length, 1);
    log(entry({}));
    assert.equal((await lines()).length, 2);
    assert.equal(env.measured.get('dropped_lines_total{reason="write_failed"}'), 3);
    assert.deepEqual(
      env.logged.map(({ level }) => level),
      ['error', 'info'],
    );
  });
});
