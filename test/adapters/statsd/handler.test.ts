import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Duration, type Instance } from 'fairlead/sdk';
import type { metric } from 'fairlead/templates';
import { openReceiver, type Receiver } from './receiver.js';
import { build, instance } from './setup.js';
import type { Outside } from '../../../src/adapters/statsd/handler.js';

let receiver: Receiver;
before(async () => {
  receiver = await openReceiver();
});
after(() => receiver.close());

/** What arrives when a handler gets some instances and closes. */
async function sent(params: string, instances: readonly Instance<typeof metric>[], outside?: Outside) {
  const before = receiver.packets.length;
  const built = await build(`address: "127.0.0.1:${receiver.port}"\n${params}`, instances, outside);
  let error: string | undefined;
  try {
    built.record(...instances);
  } catch (thrown) {
    error = (thrown as Error).message;
  }
  await built.close();
  // Loopback keeps the order: what was sent before the mark has come when the mark has.
  const mark = await build(`address: "127.0.0.1:${receiver.port}"\nmetrics: { mark: { type: COUNTER } }`, [
    instance('mark', 1n),
  ]);
  mark.record(instance('mark', 1n));
  await mark.close();
  while (receiver.packets.at(-1) !== 'mark:1|c') await receiver.packetsUpTo(receiver.packets.length + 1);
  return { packets: receiver.packets.slice(before, -1), error, ...built };
}

describe('a line', () => {
  const wire: readonly [string, string, Instance<typeof metric>, string][] = [
    ['a counter', 'type: COUNTER', instance('m', 456n), 'm:456|c'],
    ['a counter beyond 2^53', 'type: COUNTER', instance('m', 9223372036854775807n), 'm:9223372036854775807|c'],
    ['a gauge', 'type: GAUGE', instance('m', 123n), 'm:123|g'],
    ['a gauge below zero, set to zero first', 'type: GAUGE', instance('m', -5n), 'm:0|g\nm:-5|g'],
    ['a duration', 'type: DISTRIBUTION', instance('m', Duration.fromMillis(1500)), 'm:1500|ms'],
    ['a part of a millisecond', 'type: DISTRIBUTION', instance('m', Duration.fromNanos(1_500n)), 'm:0.0015|ms'],
    ['an integer that is distributed', 'type: DISTRIBUTION', instance('m', 7n), 'm:7|c'],
    [
      'a name by its template',
      'type: COUNTER, nameTemplate: "{{.apiMethod}}-{{.responseCode}}"',
      instance('m', 1n, { apiMethod: 'methodName', responseCode: 500n }),
      'methodName-500:1|c',
    ],
    [
      'an address in a name, raw',
      'type: COUNTER, name_template: "a{{.ip}}"',
      instance('m', 1n, { ip: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4) }),
      'a[0 0 0 0 0 0 0 0 0 0 255 255 1 2 3 4]:1|c',
    ],
    [
      'what would end it, replaced',
      'type: COUNTER, nameTemplate: "{{.a}}"',
      instance('m', 1n, { a: 'x:9|g\nevil:1|c\r\0\u{7f}' }),
      'x_9_g_evil_1_c___:1|c',
    ],
    [
      'a dimension of a megabyte, cut',
      'type: COUNTER, nameTemplate: "{{.a}}"',
      instance('m', 1n, { a: 'x'.repeat(2 ** 20) }),
      `${'x'.repeat(512)}:1|c`,
    ],
  ];
  for (const [what, params, one, line] of wire) {
    it(`is ${what}`, async () => {
      assert.deepEqual((await sent(`metrics: { m: { ${params} } }`, [one])).packets, [line]);
    });
  }

  it('begins with the prefix and its dot', async () => {
    for (const prefix of ['mixer', 'mixer.']) {
      const { packets } = await sent(`prefix: ${prefix}\nmetrics: { m: { type: COUNTER } }`, [instance('m', 1n)]);
      assert.deepEqual(packets, ['mixer.m:1|c']);
    }
  });

  it('ends with the rate when there is one, also for gauges', async () => {
    const params = 'samplingRate: 0.5\nmetrics: { c: { type: COUNTER }, g: { type: GAUGE } }';
    const { packets } = await sent(params, [instance('c', 1n), instance('g', -2n)], { random: () => 0.49 });
    assert.deepEqual(packets, ['c:1|c|@0.500000\ng:0|g|@0.500000\ng:-2|g|@0.500000']);
  });
});

describe('sampling', () => {
  it('leaves out as many values as the rate says', async () => {
    const draws = [0.1, 0.9, 0.25, 0.2, 0.3];
    const params = 'samplingRate: 0.25\nflushBytes: 1000\nmetrics: { c: { type: COUNTER } }';
    const values = draws.map((_, index) => instance('c', BigInt(index)));
    const { packets } = await sent(params, values, { random: () => draws.shift()! });
    assert.deepEqual(packets, ['c:0|c|@0.250000\nc:3|c|@0.250000']);
  });

  it('sends nothing at 0 and everything from 1 on, without a word about it', async () => {
    const metrics = 'metrics: { c: { type: COUNTER } }';
    assert.deepEqual((await sent(`samplingRate: 0\n${metrics}`, [instance('c', 1n)])).packets, []);
    assert.deepEqual((await sent(`samplingRate: 2\n${metrics}`, [instance('c', 1n)])).packets, ['c:1|c']);
  });
});

describe('a packet', () => {
  const params = 'flushBytes: 20\nmetrics: { m: { type: COUNTER } }';

  it('has as many lines as fit', async () => {
    const values = [1n, 2n, 3n, 4n, 5n].map((value) => instance('m', value));
    const { packets } = await sent(params, values);
    assert.deepEqual(packets, ['m:1|c\nm:2|c\nm:3|c', 'm:4|c\nm:5|c']);
  });

  it('leaves when its time has come, by the clock of the host', async () => {
    const { env, record, close } = await build(`address: "127.0.0.1:${receiver.port}"\n${params}`, [instance('m', 1n)]);
    const count = receiver.packets.length;
    record(instance('m', 8n));
    await env.clock.advance(299);
    record(instance('m', 9n));
    await env.clock.advance(1);
    assert.equal((await receiver.packetsUpTo(count + 1)).at(-1), 'm:8|c\nm:9|c');
    await close();
  });
});

describe('a value that cannot be recorded', () => {
  it('fails the call after the others were sent', async () => {
    const params = 'metrics: { g: { type: GAUGE }, d: { type: DISTRIBUTION }, u: {}, ok: { type: COUNTER } }';
    const { packets, error } = await sent(params, [
      instance('g', 1.5),
      instance('d', NaN),
      instance('u', 1n),
      instance('ok', 1n),
      instance('nope', 1n),
      instance('g', undefined),
    ]);
    assert.deepEqual(packets, ['ok:1|c']);
    assert.equal(
      error,
      "could not record gauge 'g' expected int value; could not record distribution 'd' expected int or duration value; " +
        "could not record unknown 'u' expected a type of metric other than UNKNOWN; no info for metric named nope; " +
        "could not record gauge 'g' expected int value",
    );
  });
});

describe('building', () => {
  it('leaves out a metric whose template cannot be applied to its dimensions', async () => {
    const one = instance('m', 1n, { apiMethod: 'a', code: 1n });
    const { record } = await build('metrics: { m: { type: COUNTER, nameTemplate: \'{{ .apiMethod "-" .code }}\' } }', [
      one,
    ]);
    assert.throws(() => record(one), /no info for metric named m/);
  });

  it('tells when it takes a size of its own', async () => {
    const { env } = await build('flushBytes: 0', []);
    assert.deepEqual(
      env.logged.map(({ level, message, fields }) => [level, message, fields]),
      [['info', 'flushBytes is not set', { used: 512 }]],
    );
  });
});

describe('an address without anybody', () => {
  it('is no concern of the caller', async () => {
    const { env, record, close } = await build('address: "127.0.0.1:1"\nmetrics: { m: { type: COUNTER } }', [
      instance('m', 1n),
    ]);
    for (let round = 0; round < 10; round += 1) {
      record(instance('m', 1n));
      await env.clock.advance(300);
    }
    await close();
    await close();
    assert.equal(env.logged.length, 0);
  });

  it('that has no name is counted by packet and told once a minute', async () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' });
    const params = 'address: "nowhere.invalid:8125"\nmetrics: { m: { type: COUNTER } }';
    const { env, record, close } = await build(params, [instance('m', 1n)], {
      lookup: (_host, _options, answer) => answer(error, '', 4),
    });
    for (let round = 0; round < 250; round += 1) {
      record(instance('m', 1n));
      await env.clock.advance(300);
    }
    await close();
    assert.equal(env.measured.get('failed_packets_total{cause="ENOTFOUND"}'), 250);
    assert.deepEqual(
      env.logged.map(({ level, message, fields }) => [level, message, fields['since']]),
      [
        ['warn', 'could not send metrics', 0],
        ['warn', 'could not send metrics', 199],
      ],
    );
  });

  it('that never answers loses what waits a second after the handler closes', async () => {
    const params = 'address: "slow.invalid:8125"\nmetrics: { m: { type: COUNTER } }';
    const { env, record, close } = await build(params, [instance('m', 1n)], { lookup: () => undefined });
    record(instance('m', 1n));
    const closed = close();
    await env.clock.advance(1000);
    await closed;
    assert.equal(env.measured.get('failed_packets_total{cause="EAI_AGAIN"}'), 1);
  });
});
