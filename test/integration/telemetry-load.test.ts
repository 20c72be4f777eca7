import assert from 'node:assert/strict';
import dns from 'node:dns';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer, type LookupFunction, type Socket } from 'node:net';
import { after, describe, it, mock } from 'node:test';
import { Timestamp } from '../../src/attributes/index.js';
import { compressAttributes } from '../../src/cli/client/compress-attributes.js';
import {
  type ReportRequest,
  ReportRequest_RepeatedAttributesSemantics as Semantics,
} from '../../src/gen/istio/mixer/v1/report.js';
import { type HttpAnswer, startHttpCollector } from '../adapters/otlp/collector.js';
import { type ForwardServer, startForwardServer } from '../support/forward-server.js';
import { eventually, freePort } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';
import { startTestServer, type TestServer } from '../support/test-server.js';

const entry = `
kind: instance
metadata: { name: entry, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params: { severity: '"info"', timestamp: request.time, variables: { id: request.id, path: request.path | "" } }
---
kind: rule
metadata: { name: log, namespace: istio-system }
spec: { actions: [ { handler: log, instances: [ entry ] } ] }
---
kind: handler
metadata: { name: log, namespace: istio-system }
`;

const fluentdAt = (address: string, params = ''): string =>
  `${entry}spec: { compiledAdapter: fluentd, params: { address: "${address}", pushIntervalDuration: 20ms, ${params} } }`;
const fluentd = (port: number, params = ''): string => fluentdAt(`127.0.0.1:${port}`, params);
const otlpAt = (address: string, params = ''): string =>
  `${entry}spec: { compiledAdapter: otlp, params: { endpoint: "http://${address}", ${params} } }`;
const otlp = (port: number, params = ''): string => otlpAt(`127.0.0.1:${port}`, params);

/** A mixer with one handler that delivers, and what it counts of that. */
interface Delivering {
  /** Reports that many requests at once, each with an id of its own; rejects when the Report fails. */
  report(count: number, path?: string): Promise<void>;
  /** Samples of the monitoring port by their names after `mixer_adapter_delivery_`, for the queue of log entries. */
  counted(): Promise<(name: string, reason?: string) => number>;
  stop(): Promise<void>;
}

async function startMixer(config: string): Promise<Delivering> {
  const t: TestServer = await startTestServer({ config: tempFolder({ 'config.yaml': config }) });
  let ids = 0;
  return {
    report: (count, path = '/') => {
      // Each set tells what is not as in the one before, as Envoy does it.
      const constant = { 'request.path': path, 'request.time': new Timestamp(1_548_496_421, 0) };
      const sets = Array.from({ length: count }, (_, index) =>
        Object.entries({ 'request.id': String(ids++), ...(index === 0 ? constant : {}) }),
      );
      const request: ReportRequest = {
        attributes: sets.map(compressAttributes),
        defaultWords: [],
        globalWordCount: 0,
        repeatedAttributesSemantics: Semantics.DELTA_ENCODING,
      };
      return t.mixer.report(request);
    },
    counted: async () => {
      const lines = (await (await fetch(`${t.server.monitoringUrl ?? ''}/metrics`)).text()).split('\n');
      return (name, reason) => {
        const label = reason === undefined ? '' : `reason="${reason}"`;
        const wanted = (line: string): boolean => line.includes('queue="logs"') && line.includes(label);
        const line = lines.find((one) => one.startsWith(`mixer_adapter_delivery_${name}{`) && wanted(one));
        return Number(line?.split(' ').at(-1));
      };
    },
    stop: () => t.stop(),
  };
}

/** A circuit that was just opened stays so for ten seconds, and the machine may be busy. */
const patienceMillis = 40_000;

/** Waits until the mixer has counted so much. */
async function counts(mixer: Delivering, name: string, least: number, reason?: string): Promise<void> {
  await eventually(async () => {
    const value = (await mixer.counted())(name, reason);
    return value >= least ? value : undefined;
  }, patienceMillis);
}

/** Waits until a forward server has got so many entries. */
async function arrived(server: ForwardServer, count: number): Promise<void> {
  await eventually(() => Promise.resolve(server.events.length >= count ? true : undefined), patienceMillis);
}

const reasons = ['queue_full', 'too_large', 'retries_exhausted', 'rejected', 'closed'] as const;

/** What was dropped, by reason. */
async function dropped(mixer: Delivering): Promise<Partial<Record<(typeof reasons)[number], number>>> {
  const read = await mixer.counted();
  return Object.fromEntries(
    reasons.map((why) => [why, read('dropped', why)] as const).filter(([, count]) => count !== 0),
  );
}

const idPattern = /"key":"id","value":\{"stringValue":"(\d+)"/g;
const distinct = (ids: readonly unknown[]): number => new Set(ids).size;
const idsAt = ({ events }: ForwardServer): readonly unknown[] => events.map(({ record }) => record['id']);

/** A server on a given port that does with each connection what it is told. */
async function listenOn(port: number, connected: (socket: Socket) => void): Promise<() => Promise<void>> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    connected(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
}

/** An OTLP collector that can be told how to answer. */
interface ToldCollector {
  readonly port: number;
  answer: HttpAnswer;
  /** Of all log entries that it took. */
  ids(): readonly unknown[];
  stop(): Promise<void>;
}

async function startCollector(port: number): Promise<ToldCollector> {
  const taken = new Set<number>();
  const told = { answer: ((response) => void response.end()) as HttpAnswer };
  const collector = await startHttpCollector(
    (response, n) => {
      told.answer(response, n);
      if (response.writableEnded && response.statusCode === 200) taken.add(n - 1);
    },
    { port },
  );
  return Object.assign(told, {
    port: collector.port,
    ids: () =>
      [...taken].flatMap((index) =>
        [...JSON.stringify(collector.received[index]!.request).matchAll(idPattern)].map(([, id]) => id),
      ),
    stop: () => collector.stop(),
  });
}

/** A name that nobody knows, until it is told. All other names are looked up as ever. */
function hideName(name: string): () => void {
  const real = dns.lookup as LookupFunction;
  let isKnown = false;
  const lookup: LookupFunction = (hostname, options, callback) => {
    if (hostname !== name) {
      real(hostname, options, callback);
    } else if (isKnown) {
      const found = { address: '127.0.0.1', family: 4 };
      process.nextTick(() => (options.all === true ? callback(null, [found]) : callback(null, found.address, 4)));
    } else {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
      process.nextTick(() => callback(error, ''));
    }
  };
  mock.method(dns, 'lookup', lookup);
  return () => void (isKnown = true);
}

describe('a mixer whose backends are not well', { concurrency: true }, () => {
  const open: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const end of open.reverse()) await end();
    mock.restoreAll();
  });
  const start = async (config: string): Promise<Delivering> => {
    const mixer = await startMixer(config);
    open.push(() => mixer.stop());
    return mixer;
  };
  const startForward = async (port: number): Promise<ForwardServer> => {
    const server = await startForwardServer({}, port);
    open.push(() => server.close());
    return server;
  };
  const startOtlp = async (port: number): Promise<ToldCollector> => {
    const collector = await startCollector(port);
    open.push(() => collector.stop());
    return collector;
  };

  it('keeps entries for a forward server that comes later', async () => {
    const port = await freePort();
    const mixer = await start(fluentd(port));
    for (let round = 0; round < 20; round += 1) await mixer.report(100);
    // Given up after three failures, and tried again after a while.
    await counts(mixer, 'circuit_open', 1);
    await mixer.report(100);
    const server = await startForward(port);
    await arrived(server, 2100);
    assert.equal(distinct(idsAt(server)), 2100);
    await counts(mixer, 'sent', 2100);
    assert.deepEqual(await dropped(mixer), {});
    assert.equal((await mixer.counted())('circuit_open'), 0);
  });

  it('keeps entries for a collector that comes later', async () => {
    const port = await freePort();
    const mixer = await start(otlp(port));
    for (let round = 0; round < 15; round += 1) await mixer.report(100);
    await counts(mixer, 'retries', 1);
    const collector = await startOtlp(port);
    await counts(mixer, 'sent', 1500);
    assert.equal(distinct(collector.ids()), 1500);
    assert.deepEqual(await dropped(mixer), {});
  });

  it('sends a batch again whose forward server died in the middle of it', async () => {
    const port = await freePort();
    const stop = await listenOn(port, (socket) => socket.once('data', () => socket.destroy()));
    const mixer = await start(fluentd(port, 'requireAck: true, eventMode: PACKED_FORWARD'));
    for (let round = 0; round < 10; round += 1) await mixer.report(100);
    await counts(mixer, 'retries', 1);
    await stop();
    const server = await startForward(port);
    await counts(mixer, 'sent', 1000);
    assert.equal(distinct(idsAt(server)), 1000);
    await mixer.report(100);
    await counts(mixer, 'sent', 1100);
    assert.deepEqual(await dropped(mixer), {});
  });

  it('goes on after a forward server that hangs', async () => {
    const port = await freePort();
    const stop = await listenOn(port, (socket) => socket.pause());
    const mixer = await start(fluentd(port, 'requireAck: true, eventMode: PACKED_FORWARD, pushTimeoutDuration: 100ms'));
    for (let round = 0; round < 10; round += 1) await mixer.report(100);
    await counts(mixer, 'retries', 2);
    await stop();
    const server = await startForward(port);
    await counts(mixer, 'sent', 1000);
    assert.equal(distinct(idsAt(server)), 1000);
  });

  it('sends again what a forward server answered with garbage or half an answer', async () => {
    const port = await freePort();
    // Not MessagePack's beginning of anything; a map of one entry, of which the key is cut off.
    const answers = [
      Buffer.from('c1c1c1', 'hex'),
      Buffer.from('81a361', 'hex'),
      Buffer.from('HTTP/1.1 400 Bad Request'),
    ];
    let connections = 0;
    const stop = await listenOn(port, (socket) => {
      const answer = answers[connections++ % answers.length]!;
      socket.once('data', () => socket.end(answer));
    });
    const mixer = await start(fluentd(port, 'requireAck: true, eventMode: PACKED_FORWARD'));
    for (let round = 0; round < 10; round += 1) await mixer.report(100);
    await eventually(() => Promise.resolve(connections >= answers.length ? true : undefined), patienceMillis);
    await stop();
    const server = await startForward(port);
    await counts(mixer, 'sent', 1000);
    assert.equal(distinct(idsAt(server)), 1000);
    assert.deepEqual(await dropped(mixer), {});
  });

  it('keeps entries while the names of its backends are not known', async () => {
    const tellForward = hideName('fluentd.logging');
    const server = await startForward(0);
    const forward = await start(fluentdAt(`fluentd.logging:${server.port}`));
    const tellCollector = hideName('collector.tracing');
    const collector = await startOtlp(await freePort());
    const exporting = await start(otlpAt(`collector.tracing:${collector.port}`));
    for (const mixer of [forward, exporting]) {
      for (let round = 0; round < 5; round += 1) await mixer.report(100);
      await counts(mixer, 'retries', 2);
      assert.equal((await mixer.counted())('sent'), 0);
    }
    tellForward();
    tellCollector();
    for (const mixer of [forward, exporting]) {
      await counts(mixer, 'sent', 500);
      assert.deepEqual(await dropped(mixer), {});
    }
    await arrived(server, 500);
    assert.equal(distinct(idsAt(server)), 500);
    assert.equal(distinct(collector.ids()), 500);
  });

  it('counts what a full buffer has no room for, says so, and delivers again later', async () => {
    const port = await freePort();
    const mixer = await start(fluentd(port, 'instanceBufferSize: 50'));
    await mixer.report(30);
    await assert.rejects(mixer.report(30), /fluentd instance buffer full; dropping log entry \(10 of 30\)/);
    await counts(mixer, 'dropped', 10, 'queue_full');
    const server = await startForward(port);
    await arrived(server, 50);
    await counts(mixer, 'sent', 50);
    await mixer.report(30);
    await arrived(server, 80);
    assert.deepEqual(await dropped(mixer), { queue_full: 10 });
  });

  it('goes on after a collector that hangs, breaks off and is not well', async () => {
    const collector = await startOtlp(await freePort());
    const mixer = await start(otlp(collector.port, 'timeout: 200ms'));
    const answers: HttpAnswer[] = [
      () => undefined,
      (response) => void response.destroy(),
      (response) => void response.writeHead(503).end(),
      (response) => void response.writeHead(429, { 'retry-after': '1' }).end(),
    ];
    collector.answer = (response, n) => (answers[n - 1] ?? ((good) => void good.end()))(response, n);
    for (let round = 0; round < 5; round += 1) await mixer.report(100);
    await counts(mixer, 'sent', 500);
    assert.equal(distinct(collector.ids()), 500);
    assert.deepEqual(await dropped(mixer), {});
  });

  it('counts what a collector refuses, and delivers what comes after', async () => {
    const collector = await startOtlp(await freePort());
    const mixer = await start(otlp(collector.port));
    collector.answer = (response) => void response.writeHead(500).end('<html>');
    await mixer.report(100);
    await counts(mixer, 'dropped', 100, 'rejected');
    collector.answer = (response) => void response.end();
    await mixer.report(100);
    await counts(mixer, 'sent', 100);
    assert.deepEqual(await dropped(mixer), { rejected: 100 });
  });

  it('counts what the queue of a collector that hangs has no room for, and no report fails of it', async () => {
    const collector = await startOtlp(await freePort());
    const mixer = await start(otlp(collector.port));
    const held: ServerResponse[] = [];
    collector.answer = (response) => void held.push(response);
    const long = 'x'.repeat(32_000);
    for (let round = 0; round < 11; round += 1) await mixer.report(100, long);
    await counts(mixer, 'dropped', 1, 'queue_full');
    const read = await mixer.counted();
    const lost = read('dropped', 'queue_full');
    assert.ok(read('queue_bytes') <= 32 * 2 ** 20, String(read('queue_bytes')));
    collector.answer = (response) => void response.end();
    for (const response of held) response.destroy();
    await counts(mixer, 'sent', 1100 - lost);
    assert.equal(distinct(collector.ids()), 1100 - lost);
    await mixer.report(100);
    await counts(mixer, 'sent', 1200 - lost);
    assert.deepEqual(await dropped(mixer), { queue_full: lost });
  });
});
