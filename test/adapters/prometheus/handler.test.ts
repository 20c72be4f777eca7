import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Duration, type StringMap, Timestamp } from 'fairlead/sdk';
import { fakeEnv } from '../../../src/testing/fake-env.js';
import { parseText } from './parse-text.js';
import { build, instance } from './setup.js';

const counter = `
metrics:
- name: request_count
  instance_name: requestcount.metric.istio-system
  kind: COUNTER
  label_names: [destination_service, response_code]
`;
const one = (code = 200n, service = 'myservice') =>
  instance('requestcount.metric.istio-system', '1', { destination_service: service, response_code: code });

const gauge = (labels = '') => `metrics: [{name: g, instance_name: g, kind: GAUGE, label_names: [${labels}]}]`;

describe('handleMetric()', () => {
  it('counts as the integration test of Mixer does', async () => {
    const built = await build(counter);
    built.handle(one());
    built.handle(one());
    assert.equal(
      built.text(),
      '# HELP istio_request_count request_count\n# TYPE istio_request_count counter\n' +
        'istio_request_count{destination_service="myservice",response_code="200"} 2\n',
    );
  });

  it('sets a gauge', async () => {
    const built = await build(gauge());
    built.handle(instance('g', 5n), instance('g', 3n));
    assert.equal(built.value('istio_g'), 3);
  });

  it('observes into buckets, with labels sorted and le last', async () => {
    const built = await build(`
metrics:
- name: dur-x.y z
  instance_name: d
  kind: DISTRIBUTION
  label_names: [num, ip, a]
  buckets: {explicit_buckets: {bounds: [1, 3, 1000000]}}
`);
    const dimensions = { num: 3n, ip: Uint8Array.of(1, 2, 3, 4), a: 'GET' };
    built.handle(instance('d', Duration.fromMillis(1500), dimensions), instance('d', 3, dimensions));
    built.handle(instance('d', 2e6, dimensions), instance('d', 0.5, dimensions));
    const labels = 'a="GET",ip="1.2.3.4",num="3"';
    assert.deepEqual(built.text().split('\n').slice(2, -1), [
      `istio_durx_y_z_bucket{${labels},le="1"} 1`,
      `istio_durx_y_z_bucket{${labels},le="3"} 3`,
      `istio_durx_y_z_bucket{${labels},le="1e+06"} 3`,
      `istio_durx_y_z_bucket{${labels},le="+Inf"} 4`,
      `istio_durx_y_z_sum{${labels}} 2000005`,
      `istio_durx_y_z_count{${labels}} 4`,
    ]);
  });

  it('has default buckets, and no braces without labels', async () => {
    const built = await build('metrics: [{name: d, instance_name: d, kind: DISTRIBUTION}]');
    built.handle(instance('d', 0.3));
    const bounds = parseText(built.text()).samples.flatMap((sample) => sample.labels.map(([, value]) => value));
    assert.deepEqual(bounds, '0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf'.split(' '));
    assert.match(built.text(), /^istio_d_bucket\{le="0.5"\} 1$/m);
    assert.match(built.text(), /^istio_d_count 1$/m);
  });

  const values = [
    { value: 1.5, want: 1.5 },
    { value: 9007199254740993n, want: 9007199254740992 },
    { value: Duration.fromMillis(20), want: 0.02 },
    { value: '12e1', want: 120 },
    { value: '-inf', want: -Infinity },
    { value: 'NaN', want: NaN },
    { value: '0x1p-2', want: 0.25 },
    { value: true, want: undefined },
    { value: undefined, want: undefined },
    { value: 'many', want: undefined },
    { value: '1e999', want: undefined },
    { value: ' 1', want: undefined },
    { value: '', want: undefined },
    { value: new Timestamp(1, 0), want: undefined },
    { value: Uint8Array.of(1, 2, 3, 4), want: undefined },
    { value: new Map([['a', 'b']]), want: undefined },
  ];
  for (const { value, want } of values) {
    it(`takes ${typeof value} ${inspect(value)} as ${String(want)}`, async () => {
      const built = await build(gauge());
      const handle = () => built.handle(instance('g', value));
      if (want === undefined) assert.throws(handle, /^Error: could not get value for metric g$/);
      else handle();
      assert.deepEqual(built.value('istio_g'), want);
    });
  }

  it('reports everything that failed and still records the rest', async () => {
    const built = await build(counter);
    assert.throws(
      () => built.handle(one(), instance('unknown', 1n), one(), { ...one(), value: true }),
      (error: Error) =>
        error.message.includes('could not find metric info from adapter config for unknown') &&
        error.message.includes('could not get value for metric requestcount.metric.istio-system'),
    );
    assert.equal(built.value('istio_request_count'), 2);
  });

  it('bounds the text of many failures', async () => {
    const built = await build(counter);
    const bad = Array.from({ length: 1000 }, () => instance('unknown', 1n));
    assert.throws(() => built.handle(...bad), /; and 990 more$/);
  });

  for (const value of [-1, -1n, '-0.5', NaN, 'NaN', Infinity]) {
    it(`refuses to add ${String(value)} to a counter`, async () => {
      const built = await build(counter);
      built.handle(one());
      assert.throws(() => built.handle({ ...one(), value }), /cannot be increased by/);
      assert.equal(built.value('istio_request_count'), 1);
    });
  }

  for (const value of [NaN, Infinity, '-Inf']) {
    it(`refuses to let a distribution observe ${value}, which its sum would never lose`, async () => {
      const built = await build('metrics: [{name: d, instance_name: d, kind: DISTRIBUTION}]');
      assert.throws(
        () => built.handle(instance('d', 1n), instance('d', value), instance('d', 2n)),
        /^Error: distribution d cannot observe (NaN|-?Infinity)$/,
      );
      assert.equal(built.value('istio_d_sum'), 3);
      assert.equal(built.value('istio_d_count'), 2);
    });
  }

  it('takes times of any year, and refuses those beyond the calendar for themselves', async () => {
    const built = await build(gauge('a'));
    built.handle(instance('g', 1n, { a: new Timestamp(Date.UTC(0, 0, 1) / 1000, 0) }));
    const yearZero = new Timestamp(-62167219200, 0);
    const beyond = new Timestamp(1e15, 0);
    const late = instance('g', 2n, { a: beyond });
    assert.throws(() => built.handle(late, instance('g', 3n, { a: yearZero })), /could not record metric g/);
    assert.equal(built.value('istio_g', { a: '0000-01-01T00:00:00.000000Z' }), 3);
  });

  it('refuses an instance whose dimensions are not exactly the labels, and records nothing of it', async () => {
    const built = await build(counter);
    const name = 'requestcount.metric.istio-system';
    const cases = [
      { dimensions: { destination_service: 'a' }, want: 'missing: response_code' },
      { dimensions: { destination_service: 'a', response_code: 1n, more: 'x' }, want: 'unexpected: more' },
      { dimensions: { destination_service: 'a', reply: 1n }, want: 'missing: response_code; unexpected: reply' },
      { dimensions: {}, want: 'missing: destination_service, response_code' },
    ];
    for (const { dimensions, want } of cases) {
      assert.throws(() => built.handle(instance(name, 1n, dimensions)), { message: new RegExp(`\\(${want}\\)$`) });
    }
    assert.equal(built.text(), '');
    built.handle(one(200n, ''));
    assert.throws(() => built.handle(instance(name, 1n, { destination_service: 'a' })));
    built.handle(one(200n, ''));
    assert.deepEqual(
      parseText(built.text()).samples.map(({ value }) => value),
      [2],
    );
  });

  it('accepts dimensions in any order', async () => {
    const built = await build(counter);
    const name = 'requestcount.metric.istio-system';
    for (let i = 0; i < 4; i++) {
      built.handle(instance(name, 1n, { response_code: 200n, destination_service: 's' }));
      built.handle(instance(name, 1n, { destination_service: 's', response_code: 200n }));
    }
    assert.equal(built.value('istio_request_count', { destination_service: 's', response_code: '200' }), 8);
  });

  it('matches a label that needs sanitising by its original name', async () => {
    const built = await build(gauge('"/a.b-c d"'));
    built.handle(instance('g', 1n, { '/a.b-c d': 'x' }));
    assert.equal(built.value('istio_g', { a_bc_d: 'x' }), 1);
    assert.throws(() => built.handle(instance('g', 1n, { a_bc_d: 'x' })), /missing: \/a.b-c d; unexpected: a_bc_d/);
  });

  it('takes hostile dimension names as names', async () => {
    const built = await build(gauge('constructor, toString, hasOwnProperty'));
    built.handle(instance('g', 1n, { constructor: 'a', toString: 'b', hasOwnProperty: 'c' }));
    assert.equal(built.value('istio_g', { constructor: 'a', hasOwnProperty: 'c', toString: 'b' }), 1);
  });

  it('keeps hostile label values apart and writes them readably', async () => {
    const built = await build(gauge('a, b'));
    const values = [
      '',
      '"',
      '\\',
      '\n',
      '\\n',
      '\\"',
      '\0',
      '\u2028',
      '\ud83d\ude00',
      'a="b",c="d"} 1',
      '__proto__',
      'x'.repeat(1 << 12),
    ];
    const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
    for (const [index, [a, b]] of pairs.entries()) built.handle(instance('g', BigInt(index), { a, b }));
    const { samples } = parseText(built.text());
    assert.equal(samples.length, pairs.length);
    const seen = samples.map(({ labels, value }) => [labels[0]?.[1], labels[1]?.[1], value]);
    for (const [index, [a, b]] of pairs.entries()) {
      assert.ok(seen[index]?.[0] === a && seen[index][1] === b && seen[index][2] === index, `pair ${index}`);
    }
  });

  it('refuses a dimension without a text, and does not mix it up with the instance before', async () => {
    const built = await build(gauge('a, b'));
    const broken: StringMap = new Map();
    broken.entries = () => {
      throw new Error('no entries');
    };
    built.handle(instance('g', 1n, { a: 'x', b: 'y' }));
    const bad = instance('g', 2n, { a: 'other', b: broken });
    assert.throws(
      () => built.handle(bad, instance('g', 3n, { a: 'other', b: 'y' })),
      /could not record metric g: .*no entries/,
    );
    assert.equal(built.value('istio_g', { a: 'x', b: 'y' }), 1);
    assert.equal(built.value('istio_g', { a: 'other', b: 'y' }), 3);
  });

  it('tells texts and other values of the same text alike', async () => {
    const built = await build(gauge('a'));
    for (const a of ['5', 5n, 5, '5']) built.handle(instance('g', 1n, { a }));
    assert.equal(parseText(built.text()).samples.length, 1);
  });

  it('counts a thousand calls in flight', async () => {
    const built = await build(counter);
    await Promise.all(Array.from({ length: 1000 }, async (_, index) => built.handle(one(BigInt(200 + (index % 3))))));
    assert.equal(built.value('istio_request_count', { destination_service: 'myservice', response_code: '201' }), 333);
  });
});

describe('expiry', () => {
  const yaml = (interval: string) => `
${counter}
metrics_expiration_policy: {metrics_expiry_duration: 10m${interval}}
`;

  it('drops what was not updated, and starts anew', async () => {
    const built = await build(yaml(''));
    built.handle(one(200n), one(404n));
    await built.env.clock.advance(6 * 60_000);
    built.handle(one(200n));
    await built.env.clock.advance(5 * 60_000);
    assert.deepEqual(
      parseText(built.text()).samples.map(({ labels, value }) => [labels[1]?.[1], value]),
      [['200', 2]],
    );
    await built.env.clock.advance(10 * 60_000);
    assert.equal(built.text(), '');
    built.handle(one(200n));
    assert.equal(built.value('istio_request_count'), 1);
    await built.close();
  });

  it('looks as often as it is told', async () => {
    const built = await build(yaml(', expiry_check_interval_duration: 1m'));
    built.handle(one());
    await built.env.clock.advance(10 * 60_000 - 1);
    assert.notEqual(built.text(), '');
    await built.env.clock.advance(1);
    assert.equal(built.text(), '');
    await built.close();
  });

  it('ends with the handler', async () => {
    const built = await build(yaml(''));
    await built.handler.close?.();
    assert.equal(built.env.schedule.pending, 0);
  });
});

describe('several handlers', () => {
  const other = counter.replace('[destination_service, response_code]', '[destination_service]');
  const renamed = (yaml: string) => yaml.replace('requestcount.metric', 'other.metric');

  it('share a metric with one definition', async () => {
    const a = await build(counter, { name: 'a.default' });
    const b = await build(renamed(counter), { name: 'b.default', env: a.env.sibling() });
    a.handle(one());
    b.handle({ ...one(), name: 'other.metric.istio-system' });
    assert.equal(a.value('istio_request_count'), 2);
    await a.close();
    assert.equal(b.value('istio_request_count'), 2);
    await b.close();
    assert.equal(a.env.exposed.size, 0);
  });

  it('share one exposition, sorted by name', async () => {
    const a = await build(gauge(), { name: 'a.default' });
    const b = await build('metrics: [{name: b, instance_name: b, kind: GAUGE}]', {
      name: 'b.default',
      env: a.env.sibling(),
    });
    a.handle(instance('g', 1n));
    b.handle(instance('b', 2n));
    assert.deepEqual(
      parseText(b.text()).samples.map(({ name }) => name),
      ['istio_b', 'istio_g'],
    );
  });

  it('cannot define one name differently', async () => {
    const a = await build(counter, { name: 'a.default' });
    const env = a.env.sibling();
    await assert.rejects(async () => build(renamed(other), { name: 'b.default', env }), {
      message:
        /^could not register metric: metric 'istio_request_count' of handler 'b.default' .* handler 'a.default'$/,
    });
    a.handle(one());
    assert.equal(a.value('istio_request_count'), 1);
    assert.equal(a.env.exposed.get('prometheus')?.holders, 1);
  });

  it('keep their counters when they are rebuilt with the same definition', async () => {
    const before = await build(`${counter}- {name: old, instance_name: old, kind: GAUGE}`);
    before.handle(one(), instance('old', 1n));
    const after = await build(`${counter}- {name: new, instance_name: new, kind: GAUGE}`, {
      env: before.env.sibling(),
    });
    await before.close();
    after.handle(one());
    assert.equal(after.value('istio_request_count'), 2);
    assert.equal(after.value('istio_old'), undefined);
  });

  it('may change a metric that they share, whichever of them is built first', async () => {
    const a = await build(gauge(), { name: 'a.default' });
    const b = await build(gauge(), { name: 'b.default', env: a.env.sibling() });
    const anew = (name: string) => build(gauge('x'), { name, env: a.env.sibling() });
    await assert.rejects(() => anew('a.default'), /of handler 'a.default' .* handler 'b.default'$/);
    const newB = await anew('b.default');
    await b.close();
    const newA = await anew('a.default');
    await a.close();
    newA.handle(instance('g', 1n, { x: 'a' }));
    newB.handle(instance('g', 2n, { x: 'b' }));
    assert.match(newA.text(), /istio_g\{x="a"\} 1\nistio_g\{x="b"\} 2\n/);
  });

  it('keep a metric from others again when they no longer ask for another definition', async () => {
    const a = await build(gauge(), { name: 'a.default' });
    const b = await build(gauge(), { name: 'b.default', env: a.env.sibling() });
    const anew = (name: string) => build(gauge('x'), { name, env: a.env.sibling() });
    await assert.rejects(() => anew('a.default'));
    await a.env.clock.advance(150_001);
    await assert.rejects(() => anew('b.default'), /handler 'a.default'$/);
    b.handle(instance('g', 3n));
    assert.equal(a.value('istio_g'), 3);
  });

  it('replace their own definition when they are rebuilt, whatever the former build still records', async () => {
    const before = await build(`${counter}- {name: same, instance_name: same, kind: GAUGE}`);
    before.handle(one(), instance('same', 7n));
    const after = await build(`${other}- {name: same, instance_name: same, kind: GAUGE}`, {
      env: before.env.sibling(),
    });
    before.handle(one());
    after.handle(instance('requestcount.metric.istio-system', 1n, { destination_service: 's' }));
    await before.close();
    assert.deepEqual(
      parseText(after.text()).samples.map(({ labels, value }) => [labels.length, value]),
      [
        [1, 1],
        [0, 7],
      ],
    );
  });
});

describe('build()', () => {
  it('warns when the dimensions are known to differ from the labels', async () => {
    const { env } = await build(counter, {
      types: { 'requestcount.metric.istio-system': ['destination_service', 'code'], stranger: [] },
    });
    assert.deepEqual(
      env.logged.map(({ level, fields }) => [level, fields['instance'], fields['difference']]),
      [
        ['warn', 'requestcount.metric.istio-system', 'missing: response_code; unexpected: code'],
        ['warn', 'stranger', undefined],
      ],
    );
  });

  it('is silent when they agree', async () => {
    const env = fakeEnv();
    await build(counter, {
      env,
      types: { 'requestcount.metric.istio-system': ['response_code', 'destination_service'] },
    });
    assert.deepEqual(env.logged, []);
  });
});
