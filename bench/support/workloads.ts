import { CompressedAttributes } from '../../src/gen/istio/mixer/v1/attributes.js';
import { CheckRequest } from '../../src/gen/istio/mixer/v1/check.js';
import { ReportRequest, ReportRequest_RepeatedAttributesSemantics } from '../../src/gen/istio/mixer/v1/report.js';
import { globalDictionary } from '../../src/attributes/index.js';

const global = new Map(globalDictionary.map((word, index) => [word, index]));

class WordList {
  readonly words: string[] = [];
  readonly #index = new Map<string, number>();

  of(text: string): number {
    const known = global.get(text) ?? this.#index.get(text);
    if (known !== undefined) return known;
    const index = -this.words.push(text);
    this.#index.set(text, index);
    return index;
  }
}

/** One HTTP request of a shop as a sidecar reports it. */
function httpAttributes(words: WordList, seed: number): CompressedAttributes {
  const strings: Record<string, string> = {
    'request.id': `4a41${String(seed).padStart(8, '0')}-9f6e-8d0b`,
    'request.path': `/api/v1/products/${seed % 50}`,
    'request.url_path': '/api/v1/products',
    'request.host': 'ratings:9080',
    'request.method': 'GET',
    'request.scheme': 'http',
    'request.useragent': 'curl/7.68.0',
    'source.uid': 'kubernetes://productpage-v1-54b8b9f55-bx2kq.default',
    'source.name': 'productpage-v1-54b8b9f55-bx2kq',
    'source.namespace': 'default',
    'source.owner': 'kubernetes://apis/apps/v1/namespaces/default/deployments/productpage-v1',
    'source.principal': 'cluster.local/ns/default/sa/productpage',
    'source.workload.name': 'productpage-v1',
    'source.workload.namespace': 'default',
    'destination.uid': 'kubernetes://ratings-v1-b6994bb9-p2zt8.default',
    'destination.name': 'ratings-v1-b6994bb9-p2zt8',
    'destination.namespace': 'default',
    'destination.owner': 'kubernetes://apis/apps/v1/namespaces/default/deployments/ratings-v1',
    'destination.principal': 'cluster.local/ns/default/sa/ratings',
    'destination.workload.name': 'ratings-v1',
    'destination.workload.namespace': 'default',
    'destination.service.host': 'ratings.default.svc.cluster.local',
    'destination.service.name': 'ratings',
    'destination.service.namespace': 'default',
    'context.protocol': 'http',
    'context.reporter.kind': 'inbound',
    'context.reporter.uid': 'kubernetes://ratings-v1-b6994bb9-p2zt8.default',
  };
  const int64s: Record<string, bigint> = {
    'request.size': BigInt(seed % 5000),
    'request.total_size': BigInt((seed % 5000) + 700),
    'response.size': BigInt((seed * 7) % 90000),
    'response.total_size': BigInt(((seed * 7) % 90000) + 120),
    'response.code': seed % 20 === 0 ? 503n : 200n,
    'destination.port': 9080n,
  };
  const at = BigInt(1_790_000_000 + seed);
  const map = (entries: Record<string, string>): { entries: Record<number, number> } => ({
    entries: Object.fromEntries(Object.entries(entries).map(([key, value]) => [words.of(key), words.of(value)])),
  });
  const keyed = <T>(record: Record<string, T>): Record<number, T> =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [words.of(name), value]));
  return CompressedAttributes.fromPartial({
    strings: keyed(Object.fromEntries(Object.entries(strings).map(([name, value]) => [name, words.of(value)]))),
    int64s: keyed(int64s),
    bools: keyed({ 'connection.mtls': true }),
    timestamps: keyed({
      'request.time': { seconds: at, nanos: 5_000_000 },
      'response.time': { seconds: at, nanos: 9_000_000 },
    }),
    durations: keyed({ 'response.duration': { seconds: 0n, nanos: (seed % 90) * 1_000_000 + 4_000_000 } }),
    bytes: keyed({ 'source.ip': Buffer.of(10, 0, 0, seed & 255), 'destination.ip': Buffer.of(10, 0, 1, 7) }),
    stringMaps: keyed({
      'request.headers': map({
        ':authority': 'ratings:9080',
        ':path': '/api',
        ':method': 'GET',
        'x-request-id': `4a41${seed}`,
      }),
      'source.labels': map({ app: 'productpage', version: 'v1' }),
      'destination.labels': map({ app: 'ratings', version: 'v1' }),
    }),
  });
}

/** A Check of one request, with a quota when named. */
export function checkPayload(quota?: string): Uint8Array {
  const words = new WordList();
  const attributes = httpAttributes(words, 7);
  return CheckRequest.encode(
    CheckRequest.fromPartial({
      attributes: { ...attributes, words: words.words },
      globalWordCount: globalDictionary.length,
      deduplicationId: '',
      quotas: quota === undefined ? {} : { [quota]: { amount: 1n, bestEffort: true } },
    }),
  ).finish();
}

/** A Report of `count` different requests with shared words, as the sidecar batches them. */
export function reportPayload(count: number): Uint8Array {
  const words = new WordList();
  const attributes = Array.from({ length: count }, (_, seed) => httpAttributes(words, seed));
  return ReportRequest.encode(
    ReportRequest.fromPartial({
      attributes,
      defaultWords: words.words,
      globalWordCount: globalDictionary.length,
      repeatedAttributesSemantics: ReportRequest_RepeatedAttributesSemantics.INDEPENDENT_ENCODING,
    }),
  ).finish();
}

/** The five bytes before a gRPC message: not compressed, and its length. */
export function grpcFrame(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
