import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Duration, type Instance, type Value } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import type { Outside } from '../../../src/adapters/dogstatsd/handler.js';
import { openReceiver, type Receiver } from '../statsd/receiver.js';
import { build, instance } from './setup.js';

let receiver: Receiver;
before(async () => {
  receiver = await openReceiver();
});
after(() => receiver.close());

/** What arrives when a handler gets some instances and closes. */
async function sent(params: string, instances: readonly Instance<typeof metric>[], outside?: Outside) {
  const before = receiver.packets.length;
  const built = await build(`address: "127.0.0.1:${receiver.port}"\n${params}`, instances, outside);
  built.record(...instances);
  await built.close();
  // Loopback keeps the order: what was sent before the mark has come when the mark has.
  const one = instance('mark', 1n);
  const mark = await build(`address: "127.0.0.1:${receiver.port}"\nmetrics: { mark: { type: COUNTER } }`, [one]);
  mark.record(one);
  await mark.close();
  while (receiver.packets.at(-1) !== 'istio.mark:1|c') await receiver.packetsUpTo(receiver.packets.length + 1);
  return { packets: receiver.packets.slice(before, -1), ...built };
}

describe('a line', () => {
  const duration = Duration.fromMillis(1500);
  const wire: readonly [string, string, Instance<typeof metric>, string][] = [
    ['a counter', 'metrics: { m: { type: COUNTER, name: x } }', instance('m', 456n), 'istio.x:456|c'],
    ['a gauge', 'metrics: { m: { type: GAUGE, name: x } }', instance('m', -123n), 'istio.x:-123.000000|g'],
    [
      'a gauge beyond 2^53',
      'metrics: { m: { type: GAUGE } }',
      instance('m', 9223372036854775807n),
      'istio.m:9223372036854775807.000000|g',
    ],
    ['a histogram', 'metrics: { m: { type: DISTRIBUTION } }', instance('m', 3459n), 'istio.m:3459.000000|h'],
    [
      'a duration',
      'metrics: { m: { type: DISTRIBUTION } }',
      instance('m', Duration.fromNanos(146_000_001n)),
      'istio.m:146.000001|ms',
    ],
    [
      'one with tags: global, own, dimensions',
      'prefix: p\nglobalTags: { g: t }\nmetrics: { m: { name: dur, type: DISTRIBUTION, tags: { own: o, a: hidden } } }',
      instance('m', duration, { num: 3n, a: 'GET', ip: Uint8Array.of(1, 2, 3, 4), none: undefined }),
      'p.dur:1500.000000|ms|#g:t,own:o,num:3,a:GET,ip:1.2.3.4,none:',
    ],
    ['one without a prefix', 'prefix: ""\nmetrics: { m: { type: COUNTER } }', instance('m', 1n), '.m:1|c'],
  ];
  for (const [what, params, one, line] of wire) {
    it(`is ${what}`, async () => assert.deepEqual((await sent(params, [one])).packets, [line]));
  }

  it('has one meaning whatever its tags hold', async () => {
    const hostile = Object.assign(Object.create(null) as Record<string, Value>, {
      __proto__x: 'a',
      'k:|,#\n': 'v|c|#a:b,c\nm:1|c',
      long: 'x'.repeat(2 ** 20),
    });
    Object.defineProperty(hostile, '__proto__', { value: 'p', enumerable: true });
    const { packets } = await sent('metrics: { m: { type: COUNTER } }', [instance('m', 1n, hostile)]);
    const tags = ['__proto__x:a', 'k_____:v_c__a:b_c_m:1_c', `long:${'x'.repeat(200)}`, '__proto__:p'];
    assert.deepEqual(packets, [`istio.m:1|c|#${tags.join(',')}`]);
  });

  it('that the agent would not read whole is dropped and counted', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`tag${index}`, '\u{1f600}'.repeat(100)]),
    );
    const { packets, env } = await sent('metrics: { m: { type: COUNTER } }', [instance('m', 1n, many)]);
    assert.deepEqual(packets, []);
    assert.equal(env.measured.get('dropped_lines_total{reason="too_long"}'), 1);
  });
});

describe('sampling', () => {
  it('leaves out as many values as the rate says, and tells the rate', async () => {
    const draws = [0.1, 0.9, 0.25, 0.2, 0.3];
    const values = draws.map((_, index) => instance('c', BigInt(index)));
    const params = 'sampleRate: 0.25\nmetrics: { c: { type: COUNTER } }';
    const { packets } = await sent(params, values, { random: () => draws.shift()! });
    assert.deepEqual(packets, ['istio.c:0|c|@0.25', 'istio.c:3|c|@0.25']);
  });

  it('sends everything when it is not configured', async () => {
    const { packets } = await sent('metrics: { c: { type: COUNTER } }', [instance('c', 1n)], { random: () => 0.999 });
    assert.deepEqual(packets, ['istio.c:1|c']);
  });
});

describe('a packet', () => {
  const params = 'bufferLength: 3\nmetrics: { m: { type: COUNTER } }';

  it('has as many values as were asked for', async () => {
    const { packets } = await sent(
      params,
      [1n, 2n, 3n, 4n].map((value) => instance('m', value)),
    );
    assert.deepEqual(packets, ['istio.m:1|c\nistio.m:2|c\nistio.m:3|c', 'istio.m:4|c']);
  });

  it('stays within the frame of a network', async () => {
    const wide = { a: 'x'.repeat(190), b: 'y'.repeat(190), c: 'z'.repeat(190) };
    const { packets } = await sent('bufferLength: 100\nmetrics: { m: { type: COUNTER } }', [
      instance('m', 1n, wide),
      instance('m', 2n, wide),
      instance('m', 3n, wide),
    ]);
    assert.deepEqual(
      packets.map((packet) => packet.split('\n').length),
      [2, 1],
    );
  });

  it('leaves after a tenth of a second, by the clock of the host', async () => {
    const { env, record, close } = await build(`address: "127.0.0.1:${receiver.port}"\n${params}`, [instance('m', 1n)]);
    const count = receiver.packets.length;
    record(instance('m', 8n));
    await env.clock.advance(100);
    record(instance('m', 9n));
    await env.clock.advance(100);
    assert.deepEqual((await receiver.packetsUpTo(count + 2)).slice(count), ['istio.m:8|c', 'istio.m:9|c']);
    await close();
  });
});

describe('building', () => {
  it('fails with all instances that have no entry or no fitting type', async () => {
    const params = 'metrics: { a: { type: COUNTER }, b: { type: DISTRIBUTION }, c: { type: GAUGE } }';
    await assert.rejects(
      build(params, [instance('a', 'text'), instance('b', 1.5), instance('c', 1n), instance('d', 1n)]),
      {
        message:
          'metrics["a"].type: a COUNTER needs a value of type INT64, not STRING; ' +
          'metrics["b"].type: a DISTRIBUTION needs a value of type DURATION or INT64, not DOUBLE; ' +
          'metrics: there is no entry for d',
      },
    );
  });
});

it('a value of another type than announced fails the call after the others were sent', async () => {
  const built = await build(`address: "127.0.0.1:${receiver.port}"\nmetrics: { m: { type: COUNTER } }`, [
    instance('m', 1n),
  ]);
  const count = receiver.packets.length;
  assert.throws(
    () => built.record(instance('m', undefined), instance('x', 1n), instance('m', 77n)),
    /could not record 'm': the value is not of the type it was announced with; there is no entry for x/,
  );
  assert.deepEqual((await receiver.packetsUpTo(count + 1)).at(-1), 'istio.m:77|c');
  await built.close();
});

it('no variable of the environment has an effect', async () => {
  Object.assign(process.env, { DD_TAGS: 'a:b', DD_ENV: 'x', DD_AGENT_HOST: '192.0.2.1', DD_DOGSTATSD_PORT: '1' });
  try {
    const { packets } = await sent('metrics: { m: { type: COUNTER } }', [instance('m', 1n)]);
    assert.deepEqual(packets, ['istio.m:1|c']);
  } finally {
    for (const name of ['DD_TAGS', 'DD_ENV', 'DD_AGENT_HOST', 'DD_DOGSTATSD_PORT'])
      Reflect.deleteProperty(process.env, name);
  }
});

it('an address that has no name is counted by packet and told once a minute', async () => {
  const error = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' });
  const params = 'address: "nowhere.invalid:8125"\nmetrics: { m: { type: COUNTER } }';
  const { env, record, close } = await build(params, [instance('m', 1n)], {
    lookup: (_host, _options, answer) => answer(error, '', 4),
  });
  for (let round = 0; round < 20; round += 1) record(instance('m', 1n));
  await close();
  assert.equal(env.measured.get('failed_packets_total{cause="ENOTFOUND"}'), 20);
  assert.equal(env.logged.length, 1);
});
