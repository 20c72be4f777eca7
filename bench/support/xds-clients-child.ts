// Clients of a Pilot that look at nothing but types and nonces: xds-clients-child.ts {"port":1,"clients":200,...}
import { writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { join } from 'node:path';
import { DeltaDiscoveryRequest, DiscoveryRequest } from '../../src/gen/envoy/service/discovery/v3/discovery.js';
import { typeUrls } from '../../src/pilot/xds/index.js';
import { serviceAt } from './mesh.js';

/** The kinds in the order of a client's first requests. */
const kinds = ['cluster', 'endpoints', 'listener', 'route'] as const;
type Kind = (typeof kinds)[number];

export interface ClientOptions {
  readonly port: number;
  readonly clients: number;
  readonly flavour: string;
  readonly services: number;
  /** Answers have all names in the state of the world, and none in delta. */
  readonly protocol: 'sotw' | 'delta';
}

const options = JSON.parse(process.argv[2] ?? '') as ClientOptions;
const now = (): number => performance.timeOrigin + performance.now();
const windowSize = 16 << 20;

/** What a client names of the kinds that it cannot have whole. */
const hosts = Array.from({ length: options.services }, (_, at) => serviceAt(at).service.hostname);
const names = {
  endpoints: hosts.map((host) => `outbound|9080||${host}`),
  route: options.flavour === 'grpc' ? hosts.map((host) => `${host}:9080`) : ['9080'],
};

const kindOfType = new Map<string, Kind>(kinds.map((kind) => [typeUrls[kind], kind]));
const isDelta = options.protocol === 'delta';

/** The part of a request that is always the same; names only where it has them. */
const said = Object.fromEntries(
  kinds.map((kind) => {
    const [typeUrl, wanted] = [typeUrls[kind], kind === 'endpoints' || kind === 'route' ? names[kind] : []];
    if (!isDelta) {
      const whole = DiscoveryRequest.encode(DiscoveryRequest.create({ typeUrl, resourceNames: wanted })).finish();
      return [kind, { whole, answer: whole }];
    }
    const whole = DeltaDiscoveryRequest.create({ typeUrl, resourceNamesSubscribe: wanted });
    const [first, answer] = [whole, DeltaDiscoveryRequest.create({ typeUrl })].map((message) =>
      DeltaDiscoveryRequest.encode(message).finish(),
    );
    return [kind, { whole: first, answer }];
  }),
) as Record<Kind, { readonly whole: Uint8Array; readonly answer: Uint8Array }>;

function requestOf(kind: Kind, nonce: string, id?: number): Buffer {
  const head = nonce === '' ? said[kind].whole : said[kind].answer;
  const fields = { responseNonce: nonce, node: id === undefined ? undefined : nodeOf(id) };
  const rest = isDelta
    ? DeltaDiscoveryRequest.encode(DeltaDiscoveryRequest.create(fields)).finish()
    : DiscoveryRequest.encode(DiscoveryRequest.create(fields)).finish();
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(head.length + rest.length, 1);
  return Buffer.concat([prefix, head, rest]);
}

function nodeOf(id: number): NonNullable<DiscoveryRequest['node']> {
  return {
    id: `sidecar~10.9.${id >> 8}.${id & 255}~client-${id}.ns-0~ns-0.svc.cluster.local`,
    cluster: 'bench',
    metadata: { GENERATOR: options.flavour, NAMESPACE: 'ns-0' },
    locality: undefined,
    userAgentName: '',
    clientFeatures: [],
  };
}

/** Finds the type and the nonce of a response without a look at its resources. */
function headOf(message: Buffer): { kind: Kind; nonce: string } {
  let [at, type, nonce] = [0, '', ''];
  while (at < message.length) {
    const field = message[at]! >> 3;
    at += 1;
    let [length, shift] = [0, 0];
    let byte: number;
    do {
      byte = message[at++]!;
      length |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    if (field === 4) type = message.toString('latin1', at, at + length);
    if (field === 5) nonce = message.toString('latin1', at, at + length);
    at += length;
  }
  return { kind: kindOfType.get(type)!, nonce };
}

interface Seen {
  /** When each client had its last response of each kind since it was asked to look. */
  readonly times: Map<string, number>;
  bytes: number;
  responses: number;
}
let seen: Seen = { times: new Map(), bytes: 0, responses: 0 };
let awaited: { readonly count: number; readonly done: () => void } | undefined;
const last = new Map<Kind, Buffer>();

function connect(id: number): void {
  const session = http2.connect(`http://127.0.0.1:${options.port}`, { settings: { initialWindowSize: windowSize } });
  session.once('connect', () => session.setLocalWindowSize(windowSize));
  const stream = session.request({
    ':method': 'POST',
    ':path': `/envoy.service.discovery.v3.AggregatedDiscoveryService/${isDelta ? 'Delta' : 'Stream'}AggregatedResources`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.on('error', fail);
  stream.on('close', () => fail(new Error('a stream has ended')));
  const asked = new Set<Kind>(['cluster', 'listener']);
  let chunks: Buffer[] = [];
  let [held, needed] = [0, 5];
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    while (held >= needed) {
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const end = 5 + all.readUInt32BE(1);
      needed = end;
      chunks = [all];
      if (held < end) break;
      take(all.subarray(5, end));
      chunks = [all.subarray(end)];
      held -= end;
      needed = 5;
    }
  });
  const take = (message: Buffer): void => {
    const { kind, nonce } = headOf(message);
    stream.write(requestOf(kind, nonce));
    const next: Kind = kind === 'cluster' ? 'endpoints' : 'route';
    if (!asked.has(next)) {
      asked.add(next);
      stream.write(requestOf(next, ''));
    }
    if (id === 0) last.set(kind, message);
    seen.times.set(`${id} ${kind}`, now());
    seen.bytes += message.length;
    seen.responses += 1;
    if (awaited !== undefined && seen.times.size >= awaited.count) awaited.done();
  };
  stream.write(requestOf('cluster', '', id));
  stream.write(requestOf('listener', ''));
}

function fail(error: Error): void {
  console.error(error);
  process.exit(1);
}

type Question =
  | { readonly do: 'connect'; readonly kinds: number }
  /** Answers when every client has had a response of so many kinds since. */
  | { readonly do: 'look'; readonly kinds: number }
  /** Leaves the last responses of one client in a folder. */
  | { readonly do: 'keep'; readonly folder: string };

process.on('message', (question: Question) => {
  if (question.do === 'keep') {
    for (const [kind, message] of last) writeFileSync(join(question.folder, `${kind}.bin`), message);
    process.send!({ kept: [...last.keys()] });
    return;
  }
  seen = { times: new Map(), bytes: 0, responses: 0 };
  const startedAt = now();
  const timer = setTimeout(() => {
    fail(
      new Error(
        `only ${seen.times.size} of ${options.clients * question.kinds}: ${kinds.map((kind) => `${kind} ${[...seen.times.keys()].filter((key) => key.endsWith(kind)).length}`).join(', ')}`,
      ),
    );
  }, 60_000);
  awaited = {
    count: options.clients * question.kinds,
    done() {
      clearTimeout(timer);
      awaited = undefined;
      process.send!({ startedAt, times: [...seen.times.values()], bytes: seen.bytes, responses: seen.responses });
    },
  };
  if (question.do === 'connect') for (let id = 0; id < options.clients; id += 1) connect(id);
  else process.send!({ looking: true });
});
process.once('disconnect', () => process.exit());
process.send!({ ready: true });
