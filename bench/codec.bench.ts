import {
  Bag,
  globalIndexOf,
  standardManifest,
  type ValueType,
  Vocabulary,
  WireReader,
} from '../src/attributes/index.js';
import { CompressedAttributes } from '../src/gen/istio/mixer/v1/attributes.js';
import { type BenchResult, median } from './result.js';

const ROUNDS = 15;
const MESSAGES = 256;
const PASSES = 20;

const headers = { ':path': '/', ':method': 'GET', 'user-agent': 'curl/7.68.0', 'x-b3-sampled': '1' };
const labels = { app: 'ratings', version: 'v1', 'pod-template-hash': '54b8b9f55', server: 'v1' };

/** 35 attributes as a sidecar sends them: names mostly from the global dictionary, values mostly words of the message. */
function message(seed: number): Uint8Array {
  const words: string[] = [];
  const word = (text: string): number => globalIndexOf(text) ?? -(words.indexOf(text) + 1 || words.push(text));
  const id = (seed * 2654435761 + 0x9e3779b9) >>> 0;
  const hex = id.toString(16).padStart(8, '0');
  const strings: Record<string, string> = {
    'request.id': `${hex}-4a41-9f6e-8d0b-${hex}0001`,
    'request.path': `/api/v1/products/${id % 100}`,
    'request.host': 'ratings:9080',
    'request.method': 'GET',
    'request.scheme': 'http',
    'request.useragent': 'curl/7.68.0',
    'request.url_path': '/api/v1/products',
    'request.referer': 'http://shop/',
    'source.uid': 'kubernetes://productpage-v1-54b8b9f55-bx2kq.default',
    'source.namespace': 'default',
    'source.principal': 'cluster.local/ns/default/sa/productpage',
    'destination.uid': 'kubernetes://ratings-v1-b6994bb9-p2zt8.default',
    'destination.namespace': 'default',
    'destination.principal': 'cluster.local/ns/default/sa/ratings',
    'destination.service.host': 'ratings.default.svc.cluster.local',
    'destination.service.name': 'ratings',
    'destination.service.namespace': 'default',
    'context.protocol': 'http',
    'context.reporter.kind': 'inbound',
    'context.reporter.uid': 'kubernetes://ratings-v1-b6994bb9-p2zt8.default',
  };
  const keyed = <T>(record: Record<string, T>): Record<number, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [word(name), value]));
  const map = (record: Record<string, string>): { entries: Record<number, number> } => ({
    entries: Object.fromEntries(Object.entries(record).map(([key, value]) => [word(key), word(value)])),
  });
  return CompressedAttributes.encode(
    CompressedAttributes.fromPartial({
      strings: keyed(Object.fromEntries(Object.entries(strings).map(([name, value]) => [name, word(value)]))),
      int64s: keyed({
        'request.size': BigInt(id % 5000),
        'response.size': BigInt(id % 90000),
        'response.code': 200n,
        'destination.port': 9080n,
      }),
      doubles: keyed({ 'test.ratio': 0.75 }),
      bools: keyed({ 'connection.mtls': true, 'check.cache_hit': false, 'quota.cache_hit': true }),
      timestamps: keyed({
        'request.time': { seconds: 1_790_000_000n + BigInt(seed), nanos: id % 1_000_000_000 },
        'response.time': { seconds: 1_790_000_001n + BigInt(seed), nanos: 5 },
      }),
      durations: keyed({
        'response.duration': { seconds: 0n, nanos: id % 900_000_000 },
        'connection.duration': { seconds: 3n, nanos: 7 },
      }),
      bytes: keyed({ 'source.ip': Buffer.from([10, 0, 0, id & 255]) }),
      stringMaps: keyed({ 'request.headers': map(headers), 'source.labels': map(labels) }),
      words,
    }),
  ).finish();
}

type Read = (bag: Bag, slot: number) => unknown;

const reads: Partial<Record<ValueType, Read>> = {
  STRING: (bag, slot) => bag.string(slot),
  INT64: (bag, slot) => bag.int64(slot),
  DOUBLE: (bag, slot) => bag.double(slot),
  BOOL: (bag, slot) => bag.bool(slot),
  TIMESTAMP: (bag, slot) => bag.timestamp(slot),
  DURATION: (bag, slot) => bag.duration(slot),
  IP_ADDRESS: (bag, slot) => bag.ip(slot),
  STRING_MAP: (bag, slot) => bag.map(slot),
};

/** Nanoseconds of process CPU time per call, over all messages `PASSES` times. */
function measure(messages: readonly Uint8Array[], work: (bytes: Uint8Array) => unknown): number {
  const before = process.cpuUsage();
  for (let pass = 0; pass < PASSES; pass++) for (const bytes of messages) work(bytes);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / (messages.length * PASSES);
}

function compare(
  name: string,
  goal: number,
  { ours, opponent }: { readonly ours: () => number; readonly opponent: () => number },
): BenchResult {
  const our: number[] = [];
  const their: number[] = [];
  for (let round = 0; round < ROUNDS + 3; round++) {
    const [a, b] = [ours(), opponent()];
    // The first rounds are for the compiler.
    if (round < 3) continue;
    our.push(a);
    their.push(b);
  }
  const ratio = median(our.map((a, i) => a / their[i]!));
  return {
    name,
    ours: `${median(our).toFixed(0)} ns`,
    opponent: `${median(their).toFixed(0)} ns (ts-proto decode)`,
    ratio,
    goal: `<= ${goal}`,
    met: ratio <= goal,
  };
}

/** Compares the hand-written decoder with the generated one. */
export async function run(): Promise<readonly BenchResult[]> {
  const vocabulary = new Vocabulary();
  for (const [name, type] of standardManifest) vocabulary.define(name, type);
  vocabulary.define('test.ratio', 'DOUBLE');
  const keys = Object.entries({ 'request.headers': headers, 'source.labels': labels }).flatMap(([map, entries]) =>
    Object.keys(entries).map((key) => vocabulary.keySlot(vocabulary.slotOf(map)!, key)),
  );
  // Buffers, as a server gets them.
  const messages = Array.from({ length: MESSAGES }, (_, seed) => Buffer.from(message(seed)));
  const bag = new Bag(vocabulary);
  bag.decode(new WireReader(messages[0]!));
  const present = vocabulary
    .names()
    .map((_, slot) => ({ slot, read: reads[vocabulary.typeOf(slot)]! }))
    .filter(({ slot, read }) => read(bag, slot) !== undefined);
  const count = present.length;
  const slotsOf = (type: ValueType): number[] =>
    present.filter(({ slot }) => vocabulary.typeOf(slot) === type).map(({ slot }) => slot);
  const [strings, integers, doubles, bools, times, spans, ips] = (
    ['STRING', 'INT64', 'DOUBLE', 'BOOL', 'TIMESTAMP', 'DURATION', 'IP_ADDRESS'] as const
  ).map(slotsOf) as [number[], number[], number[], number[], number[], number[], number[]];
  let sink: unknown;
  const readAll = (): void => {
    for (const slot of strings) sink = bag.string(slot);
    for (const slot of integers) sink = bag.int64(slot);
    for (const slot of doubles) sink = bag.double(slot);
    for (const slot of bools) sink = bag.bool(slot);
    for (const slot of times) sink = bag.timestamp(slot);
    for (const slot of spans) sink = bag.duration(slot);
    for (const slot of ips) sink = bag.ip(slot);
    for (const keySlot of keys) sink = bag.key(keySlot);
  };
  const results = [
    compare(`decode ${count} attributes (${messages[0]!.length} bytes) and read all`, 0.4, {
      ours: () =>
        measure(messages, (bytes) => {
          bag.decode(new WireReader(bytes));
          readAll();
        }),
      opponent: () => measure(messages, (bytes) => (sink = CompressedAttributes.decode(bytes))),
    }),
  ];
  return sink === undefined ? [] : results;
}
