import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { status } from '@grpc/grpc-js';
import {
  connectXds,
  type Outcome,
  startEcho,
  startPilot,
  type TestPilot,
  type XdsClient,
} from '../pilot/xds/grpc-rig.js';
import type { Bound } from '../pilot/xds/net.js';
import { resource } from '../pilot/support.js';
import { eventually } from '../support/peer.js';

// Pilot on one side, the gRPC library's own xDS client on the other: neither knows of the other's code.
const target = 'reviews.default.svc.cluster.local:9080';
const subsets = resource(
  'DestinationRule',
  'reviews',
  '{ host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }',
);

function services(v1: number, v2: number): string {
  return `kind: Services
metadata: { name: shop }
spec:
  services:
    - name: reviews
      ports: [{ name: grpc, port: 9080 }]
      instances:
        - { address: 127.0.0.1, ports: { grpc: ${v1} }, labels: { version: v1 } }
        - { address: 127.0.0.1, ports: { grpc: ${v2} }, labels: { version: v2 } }
    - { name: other, ports: [{ name: grpc, port: 9080 }], instances: [{ address: 127.0.0.1, ports: { grpc: ${v2} } }] }
`;
}

function rules(http: string): string {
  return resource('VirtualService', 'reviews', `{ hosts: [reviews], http: [${http}] }`);
}

const to = (subset: string, weight?: number): string =>
  `{ destination: { host: reviews, subset: ${subset} }${weight === undefined ? '' : `, weight: ${weight}`} }`;
const split = (v1: number): string => `{ route: [${to('v1', v1)}, ${to('v2', 100 - v1)}] }`;
const all = (subset: string, more = ''): string => `{ ${more} route: [${to(subset)}] }`;

describe('a gRPC channel without a proxy, configured by Pilot', () => {
  let apps: readonly Bound[] = [];
  let pilot: TestPilot;
  let client: XdsClient;
  let mesh = '';

  const set = (http?: string): void => {
    pilot.set(mesh + subsets + (http === undefined ? '' : rules(http)));
  };
  const becomes = async (is: (outcome: Outcome) => boolean, headers?: Record<string, string>): Promise<void> => {
    let last: readonly Outcome[] = [];
    // Several, so that none is so by chance.
    const found = eventually(async () => {
      last = await Promise.all(Array.from({ length: 8 }, () => client.ask(headers, 1500)));
      return last.every(is) || undefined;
    });
    await found.catch(() => assert.fail(`still ${JSON.stringify(last)}`));
  };
  const countV1 = async (calls: number): Promise<number> => {
    let count = 0;
    for (let done = 0; done < calls; done += 100) {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => client.ask()));
      assert.deepEqual(
        outcomes.filter(({ code }) => code !== status.OK),
        [],
      );
      count += outcomes.filter(({ text }) => text === 'v1').length;
    }
    return count;
  };

  before(async () => {
    apps = await Promise.all(['v1', 'v2'].map((name) => startEcho(name)));
    mesh = services(apps[0]!.port, apps[1]!.port);
    pilot = await startPilot(mesh + subsets + rules(split(90)));
    client = connectXds(target, pilot.port);
  });
  after(async () => {
    client.close();
    await pilot.stop();
    for (const { server } of apps) server.forceShutdown();
  });

  it('splits calls by weight, within 5 sigma', async () => {
    const calls = 1000;
    const sigma = Math.sqrt(calls * 0.9 * 0.1);
    assert.ok(Math.abs((await countV1(calls)) - 900) < 5 * sigma);
  });

  it('takes other weights while calls go on', async () => {
    set(split(0));
    await becomes(({ text }) => text === 'v2');
    set(split(100));
    await becomes(({ text }) => text === 'v1');
    set(split(50));
    await eventually(async () => (await countV1(100)) < 90 || undefined);
    const calls = 600;
    assert.ok(Math.abs((await countV1(calls)) - calls / 2) < 5 * Math.sqrt(calls / 4));
  });

  it('routes by header', async () => {
    set(`${all('v2', 'match: [{ headers: { end-user: { exact: jason } } }],')}, ${all('v1')}`);
    await becomes(({ text }) => text === 'v2', { 'end-user': 'jason' });
    assert.equal((await client.ask()).text, 'v1');
    assert.equal((await client.ask({ 'end-user': 'jasonx' })).text, 'v1');
  });

  it('aborts calls, and stops to, though nothing else changes', async () => {
    set(all('v1'));
    await becomes(({ text }) => text === 'v1');
    set(all('v1', 'fault: { abort: { percentage: { value: 100 }, httpStatus: 500 } },'));
    await becomes(({ code }) => code === status.UNKNOWN);
    assert.equal((await client.ask()).text, 'Fault injected');
    set(all('v1'));
    await becomes(({ text }) => text === 'v1');
  });

  it('delays calls', async () => {
    set(all('v1', 'fault: { delay: { percentage: { value: 100 }, fixedDelay: 0.4s } },'));
    await becomes(({ code, millis }) => code === status.OK && millis >= 395);
    set(all('v1'));
    await becomes(({ millis }) => millis < 300);
  });

  it('ends calls after the timeout of the rule', async () => {
    const slow = await startEcho('slow', { slow: true });
    try {
      pilot.set(
        services(slow.port, apps[1]!.port) + subsets + rules(all('v1', 'timeout: 0.2s, retries: { attempts: 0 },')),
      );
      await becomes(({ code, millis }) => code === status.DEADLINE_EXCEEDED && millis < 1000);
    } finally {
      set();
      await becomes(({ code }) => code === status.OK);
      slow.server.forceShutdown();
    }
  });

  it('fails at once where a rule leads nowhere, and goes on once it leads somewhere', async () => {
    set('{ route: [{ destination: { host: nobody } }] }');
    await becomes(({ code, millis }) => code === status.UNAVAILABLE && millis < 1000);
    set('{ redirect: { uri: / } }');
    await becomes(({ code }) => code === status.UNAVAILABLE);
    set(all('v2'));
    await becomes(({ text }) => text === 'v2');
  });

  it('notices that a service is gone, and that it is back', async () => {
    set();
    await becomes(({ code }) => code === status.OK);
    pilot.set(mesh.replace('name: reviews', 'name: former'));
    await becomes(({ code }) => code === status.UNAVAILABLE);
    set();
    await becomes(({ code }) => code === status.OK);
  });

  it('finds a service that is added after it was asked for, by a short name', async () => {
    const early = connectXds('later:9080', pilot.port);
    try {
      const first = early.ask({}, 60_000);
      await eventually(() => Promise.resolve(pilot.server.proxies().length > 1 || undefined));
      pilot.set(mesh.replace('name: other', 'name: later') + subsets);
      assert.equal((await first).text, 'v2');
    } finally {
      early.close();
    }
  });

  it('leaves an endpoint alone that fails', async () => {
    const broken = await startEcho('broken', { broken: true });
    const outliers = '{ consecutiveErrors: 2, interval: 0.2s, baseEjectionTime: 60s, maxEjectionPercent: 50 }';
    const rule = resource(
      'DestinationRule',
      'reviews',
      `{ host: reviews, trafficPolicy: { outlierDetection: ${outliers} } }`,
    );
    try {
      pilot.set(services(apps[0]!.port, broken.port));
      await eventually(async () => (await client.ask()).code === status.INTERNAL || undefined);
      pilot.set(services(apps[0]!.port, broken.port) + rule);
      await becomes(({ text }) => text === 'v1');
    } finally {
      set(all('v1'));
      await becomes(({ text }) => text === 'v1');
      broken.server.forceShutdown();
    }
  });

  it('tries again elsewhere as the rule says', async () => {
    const broken = await startEcho('broken', { broken: true });
    try {
      pilot.set(
        services(apps[0]!.port, broken.port) +
          rules('{ route: [{ destination: { host: reviews } }], retries: { attempts: 3, retryOn: internal } }'),
      );
      await becomes(({ text }) => text === 'v1');
      pilot.set(
        services(apps[0]!.port, broken.port) +
          rules('{ route: [{ destination: { host: reviews } }], retries: { attempts: 0 } }'),
      );
      await eventually(async () => (await client.ask()).code === status.INTERNAL || undefined);
    } finally {
      set(all('v1'));
      await becomes(({ text }) => text === 'v1');
      broken.server.forceShutdown();
    }
  });

  it('keeps calls with the same header together', async () => {
    const hash = '{ consistentHash: { httpHeaderName: X-User } }';
    const placesOf = async (user: string): Promise<ReadonlySet<string>> => {
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => client.ask({ 'x-user': user })));
      return new Set(outcomes.map(({ code, text }) => (code === status.OK ? text : String(code))));
    };
    pilot.set(
      mesh + resource('DestinationRule', 'reviews', `{ host: reviews, trafficPolicy: { loadBalancer: ${hash} } }`),
    );
    await eventually(async () => {
      const places = await Promise.all(Array.from({ length: 20 }, (_, user) => placesOf(`user-${user}`)));
      const all = new Set(places.flatMap((some) => [...some]));
      return (places.every(({ size }) => size === 1) && all.size === 2 && all.has('v1') && all.has('v2')) || undefined;
    });
    set(all('v1'));
    await becomes(({ text }) => text === 'v1');
  });

  it('has no more calls under way than the rule allows, also of a service that was gone in between', async () => {
    const slow = await startEcho('slow', { slow: true });
    const limit = resource(
      'DestinationRule',
      'reviews',
      '{ host: reviews, trafficPolicy: { connectionPool: { http: { http2MaxRequests: 2 } } } }',
    );
    const config =
      services(slow.port, slow.port) +
      limit +
      rules('{ route: [{ destination: { host: reviews } }], retries: { attempts: 0 } }');
    const isLimited = async (): Promise<true | undefined> => {
      const calls: Promise<Outcome>[] = [];
      for (let count = 0; count < 6; count += 1) {
        calls.push(client.ask({}, 400));
        // The client counts a call once it is on its way.
        await new Promise((resolve) => setImmediate(resolve));
      }
      const codes = (await Promise.all(calls)).map(({ code }) => code);
      const count = (code: status): number => codes.filter((one) => one === code).length;
      return (count(status.DEADLINE_EXCEEDED) === 2 && count(status.UNAVAILABLE) === 4) || undefined;
    };
    try {
      pilot.set(config);
      await eventually(isLimited);
      pilot.set(config.replace('name: reviews', 'name: former'));
      await eventually(async () => (await client.ask({}, 300)).code === status.UNAVAILABLE || undefined);
      pilot.set(config);
      await eventually(isLimited);
    } finally {
      set(all('v1'));
      await eventually(async () => (await client.ask({}, 300)).text === 'v1' || undefined);
      slow.server.forceShutdown();
    }
  });

  it('sends only the endpoints that changed', async () => {
    const settled = (): Promise<true> => eventually(() => Promise.resolve(pilot.isSettled() || undefined));
    const versions = (): ReadonlyMap<string, string> =>
      new Map(pilot.server.proxies()[0]?.kinds.map(({ kind, sent }) => [kind, sent]));
    set(all('v1'));
    await becomes(({ text }) => text === 'v1');
    await settled();
    const former = versions();
    mesh = services(apps[1]!.port, apps[0]!.port);
    set(all('v1'));
    await becomes(({ text }) => text === 'v2');
    await settled();
    assert.notEqual(versions().get('endpoints'), former.get('endpoints'));
    for (const kind of ['cluster', 'listener', 'route']) assert.equal(versions().get(kind), former.get(kind), kind);
  });

  it('rejected nothing in all this', () => {
    assert.deepEqual(pilot.rejections, []);
    for (const { kinds } of pilot.server.proxies()) for (const { rejected } of kinds) assert.equal(rejected, undefined);
  });
});
