import {
  createHttpSender,
  type HttpAnswer,
  type HttpBody,
  type SendContext,
  type SendOutcome,
} from 'fairlead/sdk/delivery';
import type { SignalfxConfig } from './config.js';

type Send<Item> = (batch: readonly Item[], context: SendContext) => Promise<SendOutcome<Item>>;

/** What is sent to one of the endpoints. */
export interface IngestOptions<Item> {
  readonly path: '/v2/datapoint' | '/v1/trace';
  readonly contentType: string;
  readonly encode: (batch: readonly Item[]) => HttpBody;
}

const defaultUrl = 'https://ingest.signalfx.com';

/** Makes a sender to SignalFx, or to whatever else has its endpoints. */
export function createIngestSender<Item>(config: SignalfxConfig, options: IngestOptions<Item>): Send<Item> {
  const base = config.ingestUrl === '' ? defaultUrl : config.ingestUrl.replace(/\/$/, '');
  return createHttpSender({
    url: base + options.path,
    headers: { 'content-type': options.contentType, 'x-sf-token': config.accessToken },
    encode: options.encode,
    gzip: true,
    accept: readAnswer,
  });
}

/**
 * Reads what came with a 2xx: `"OK"` or nothing, and for spans also how many were invalid and why. Anything else is not
 * from SignalFx, and the batch goes out again.
 */
function readAnswer<Item>({ body }: HttpAnswer, batch: readonly Item[]): SendOutcome<Item> | undefined {
  if (body === '') return undefined;
  const answer = JSON.parse(body) as unknown;
  if (answer === 'OK') return undefined;
  const invalid = invalidOf(answer);
  if (invalid === undefined) throw new Error('the answer is not one of SignalFx');
  const rejected = Array.from(invalid.values()).reduce((sum, count) => sum + count, 0);
  if (rejected === 0) return undefined;
  const reason = Array.from(invalid, ([why, count]) => `${why} (${count})`).join(', ');
  return { kind: 'partial', again: [], rejected: Math.min(rejected, batch.length), reason };
}

/** How many were invalid, by reason; undefined when the answer has another shape. */
function invalidOf(answer: unknown): ReadonlyMap<string, number> | undefined {
  if (typeof answer !== 'object' || answer === null || !('valid' in answer || 'invalid' in answer)) return undefined;
  const { invalid } = answer as { readonly invalid?: Readonly<Record<string, unknown>> | null };
  return new Map(Object.entries(invalid ?? {}).map(([why, ids]) => [why, Array.isArray(ids) ? ids.length : 0]));
}
