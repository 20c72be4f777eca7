import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { type handleUnaryCall, type Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';

import {
  CallFailure,
  createGrpcTransport,
  createMixerClient,
  decodeForwarded,
  type Transport,
  type Value,
} from '../../src/client/index.js';
import { CheckRequest, CheckResponse } from '../../src/gen/istio/mixer/v1/check.js';
import { ReportRequest, ReportResponse } from '../../src/gen/istio/mixer/v1/report.js';
import { createMixer } from '../../src/index.js';
import { expectedValues } from '../support/compressed-attributes.js';

/** A server that keeps what it was sent, and answers as the test says. */
class RecordingServer {
  readonly checks: CheckRequest[] = [];
  readonly reports: ReportRequest[] = [];
  readonly metadata: Metadata[] = [];
  readonly authorities: string[] = [];
  readonly deadlines: number[] = [];
  failure: { code: status; details: string } | undefined;
  bytes: Buffer | undefined;
  isSilent = false;
  readonly #server = new Server();

  async listen(): Promise<string> {
    const same = (bytes: Buffer): Buffer => bytes;
    const method = (name: string) => ({
      path: `/istio.mixer.v1.Mixer/${name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    });
    const handler =
      (keep: (bytes: Buffer) => void, answer: Uint8Array): handleUnaryCall<Buffer, Buffer> =>
      (call, done) => {
        keep(call.request);
        this.metadata.push(call.metadata);
        this.authorities.push(call.getHost());
        this.deadlines.push(Number(call.getDeadline()));
        if (this.isSilent) return;
        if (this.failure === undefined) done(null, this.bytes ?? Buffer.from(answer));
        else done(this.failure);
      };
    const precondition = {
      status: undefined,
      validDuration: undefined,
      validUseCount: 5,
      referencedAttributes: undefined,
      routeDirective: undefined,
    };
    this.#server.addService(
      { Check: method('Check'), Report: method('Report') },
      {
        Check: handler(
          (bytes) => this.checks.push(CheckRequest.decode(bytes)),
          CheckResponse.encode({ precondition, quotas: {} }).finish(),
        ),
        Report: handler((bytes) => this.reports.push(ReportRequest.decode(bytes)), ReportResponse.encode({}).finish()),
      },
    );
    const port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    return `127.0.0.1:${port}`;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

const limits = { signal: new AbortController().signal, timeoutMillis: 5000 };
const attributes = new Map<string, Value>([
  ['source.uid', 'kubernetes://a.b'],
  ['mine', 5n],
  ['request.headers', new Map([[':path', '/']])],
]);
const call = { attributes, quotas: [{ name: 'calls', amount: 3n, bestEffort: true }], deduplicationId: 'id1' };

describe('the way to a Mixer over gRPC', async () => {
  const server = new RecordingServer();
  const address = await server.listen();
  const transports: Transport[] = [];
  const connect = (...args: Parameters<typeof createGrpcTransport>): Transport => {
    const transport = createGrpcTransport(...args);
    transports.push(transport);
    return transport;
  };
  after(() => {
    for (const transport of transports) transport.close();
    server.close();
  });

  it('carries a check there and its answer back', async () => {
    const answer = await connect(address).check(call, limits);
    assert.equal(answer.precondition?.validUseCount, 5);
    const request = server.checks.at(-1)!;
    assert.deepEqual(expectedValues(request.attributes!), attributes);
    assert.deepEqual(request.quotas, { calls: { amount: 3n, bestEffort: true } });
    assert.equal(request.deduplicationId, 'id1');
    assert.equal(request.globalWordCount, 222);
  });

  it('carries reports', async () => {
    await connect(`tcp://${address}`).report([attributes, new Map([['mine', 'x']])], limits);
    const request = server.reports.at(-1)!;
    assert.deepEqual(
      request.attributes.map((one) => expectedValues(one, request.defaultWords)),
      [attributes, new Map([['mine', 'x']])],
    );
  });

  it('calls the Mixer by the name mixer, and says who calls', async () => {
    await connect(address, { sourceUid: 'kubernetes://pod.ns' }).check(call, limits);
    assert.equal(server.authorities.at(-1), 'mixer');
    const [header] = server.metadata.at(-1)!.get('x-istio-attributes');
    assert.deepEqual([...decodeForwarded(String(header))], [['source.uid', 'kubernetes://pod.ns']]);
    await connect(address).check(call, limits);
    assert.deepEqual(server.metadata.at(-1)!.get('x-istio-attributes'), []);
  });

  it('tells the server how long it has', async () => {
    await connect(address).check(call, limits);
    const left = server.deadlines.at(-1)! - Date.now();
    assert.ok(left > 2000 && left <= 5000, `${left} ms`);
  });

  it('sends reports that are too large for one message in parts', async () => {
    const before = server.reports.length;
    const large = Array.from({ length: 8 }, (_, at) => new Map([['mine', `${at}${'x'.repeat(300_000)}`]]));
    await connect(address).report(large, limits);
    const parts = server.reports.slice(before);
    assert.ok(parts.length > 1);
    const seen = parts.flatMap((part) =>
      part.attributes.map((one) => (expectedValues(one, part.defaultWords).get('mine') as string)[0]),
    );
    assert.deepEqual(seen.sort(), ['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  it('fails with the status of the server', async () => {
    server.failure = { code: status.RESOURCE_EXHAUSTED, details: 'busy' };
    const failure = await connect(address)
      .check(call, limits)
      .catch((error: unknown) => error);
    server.failure = undefined;
    assert.ok(failure instanceof CallFailure);
    assert.deepEqual([failure.code, failure.message, failure.kind], [8, 'busy', 'other']);
  });

  it('fails when the answer is none', async () => {
    server.bytes = Buffer.from([0x0a, 0x7f, 1]);
    const failure = await connect(address)
      .check(call, limits)
      .catch((error: unknown) => error);
    server.bytes = undefined;
    assert.ok(failure instanceof CallFailure);
    assert.equal(failure.code, 13);
  });

  it('fails as a send error where nobody listens', async () => {
    const failure = await connect('127.0.0.1:1')
      .check(call, { ...limits, timeoutMillis: 2000 })
      .catch((error: unknown) => error);
    assert.ok(failure instanceof CallFailure);
    assert.equal(failure.kind, 'send');
  });

  it('ends a call when it is told to', async () => {
    server.isSilent = true;
    const abort = new AbortController();
    const before = server.checks.length;
    const ended = connect(address)
      .check(call, { ...limits, signal: abort.signal })
      .catch((error: unknown) => error);
    while (server.checks.length === before) await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    const failure = await ended;
    server.isSilent = false;
    assert.ok(failure instanceof CallFailure);
    assert.equal(failure.code, 1);
  });

  for (const way of ['check', 'report'] as const) {
    it(`uses the old part of the dictionary once a ${way} was refused for it (1.8)`, async () => {
      const transport = connect(address);
      const send = () => (way === 'check' ? transport.check(call, limits) : transport.report([attributes], limits));
      const last = () => (way === 'check' ? server.checks : server.reports).at(-1)?.globalWordCount;
      server.failure = { code: status.INVALID_ARGUMENT, details: 'something else' };
      await send().catch(() => undefined);
      server.failure = {
        code: status.INVALID_ARGUMENT,
        details: 'Request could not be processed due to invalid attributes.',
      };
      await send().catch(() => undefined);
      assert.equal(last(), 222);
      server.failure = undefined;
      await send();
      assert.equal(last(), 111);
      await transport.check(call, limits);
      assert.deepEqual(expectedValues(server.checks.at(-1)!.attributes!), attributes);
    });
  }

  it('takes the first of several addresses that answers', async () => {
    const answer = await connect(`127.0.0.1:1,[::1]:1,${address}`).check(call, limits);
    assert.equal(answer.precondition?.validUseCount, 5);
  });

  it('refuses what is no address', () => {
    assert.throws(() => createGrpcTransport('tcp://'), { code: 'USAGE' });
  });
});

describe('a client and our own Mixer over gRPC', () => {
  it('agree on what an answer depends on, and on quotas', async () => {
    const mixer = await createMixer({ config: { yaml } });
    const address = await mixer.listen('tcp://127.0.0.1:0');
    const client = createMixerClient({ transport: createGrpcTransport(address) });
    try {
      const ask = (user: string, path: string) =>
        client.check(
          new Map<string, Value>([
            ['context.reporter.kind', 'inbound'],
            ['destination.namespace', 'default'],
            [
              'request.headers',
              new Map([
                ['user', user],
                ['x', path],
              ]),
            ],
          ]),
          { quotas: [{ quota: 'calls', charge: 1 }] },
        );
      assert.equal((await ask('mallory', '1')).status.message, 'refuse.istio-system:closed');
      assert.equal((await ask('mallory', '2')).checkCacheHit, true);
      const codes: number[] = [];
      for (let at = 0; at < 12; at++) codes.push((await ask('anna', `${at}`)).status.code);
      assert.equal(codes[0], 0);
      assert.equal(client.statistics().total_check_cache_hits, 12);
      assert.ok(client.statistics().total_remote_calls < 6);
    } finally {
      await client.close();
      await mixer.close(0);
    }
  });
});

const yaml = `
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: limits, namespace: istio-system}
spec: {compiledAdapter: memquota, params: {quotas: [{name: calls.instance.istio-system, maxAmount: 5, validDuration: 60s}]}}
---
apiVersion: config.istio.io/v1alpha2
kind: handler
metadata: {name: refuse, namespace: istio-system}
spec: {compiledAdapter: denier, params: {status: {code: 7, message: closed}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: calls, namespace: istio-system}
spec: {compiledTemplate: quota, params: {dimensions: {user: 'request.headers["user"] | "nobody"'}}}
---
apiVersion: config.istio.io/v1alpha2
kind: instance
metadata: {name: nothing, namespace: istio-system}
spec: {compiledTemplate: checknothing}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: deny, namespace: istio-system}
spec: {match: 'request.headers["user"] == "mallory"', actions: [{handler: refuse, instances: [nothing]}]}
---
apiVersion: config.istio.io/v1alpha2
kind: rule
metadata: {name: limit, namespace: istio-system}
spec: {actions: [{handler: limits, instances: [calls]}]}
`;
