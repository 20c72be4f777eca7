import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { oneLine, readJsonResponse, readProtobufResponse, readStatus } from './answer.js';
import type { Certificates } from './certificates.js';
import type { OtlpConfig } from './config.js';
import { httpUrl } from './endpoint.js';
import type { Signal } from './signal.js';
import type { Chunk } from './sink.js';
import type { Transport, Verdict } from './transport.js';

const compress = promisify(gzip);
// "OTLP/HTTP response", opentelemetry.io/docs/specs/otlp: these and no others may be sent again.
const retryable = new Set([429, 502, 503, 504]);
const contentTooLarge = 413;
const maxAnswerBytes = 65_536;
const maxPauseMillis = 300_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** OTLP over HTTP. Node's own client, because `fetch` cannot be given certificates. */
export function createHttpTransport(config: OtlpConfig, certificates: Certificates, contentType: string): Transport {
  const urls = {
    traces: httpUrl(config, 'traces'),
    metrics: httpUrl(config, 'metrics'),
    logs: httpUrl(config, 'logs'),
  };
  const plain = new HttpAgent({ keepAlive: true });
  const secure = new HttpsAgent({ keepAlive: true, ...certificates });
  const isZipped = config.compression === 'GZIP';
  const headers: Record<string, string> = {
    ...Object.fromEntries(config.headers),
    'content-type': contentType,
    'user-agent': 'fairlead-otlp',
    ...(isZipped ? { 'content-encoding': 'gzip' } : undefined),
  };
  return {
    send: async (signal: Signal, chunk: Chunk, abort: AbortSignal) => {
      const url = urls[signal];
      const body = isZipped ? await compress(chunk) : Buffer.from(chunk);
      const agent = url.protocol === 'https:' ? secure : plain;
      const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const answer = await new Promise<Answer>((resolve, reject) => {
        const length = { 'content-length': String(body.length) };
        const request = start(url, { method: 'POST', agent, headers: { ...headers, ...length }, signal: abort });
        request.on('error', (cause) => reject(failureOf(url, cause)));
        request.on('response', (response) => {
          readAnswer(response).then(resolve, (cause: unknown) => reject(failureOf(url, cause)));
        });
        request.end(body);
      });
      return judge(url, answer);
    },
    close: () => {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) break;
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.concat(chunks).subarray(0, maxAnswerBytes),
  };
}

function judge(url: URL, answer: Answer): Verdict {
  const { status, headers, body } = answer;
  const contentType = headers['content-type'] ?? '';
  const isProtobuf = contentType.startsWith('application/x-protobuf');
  if (status >= 200 && status < 300) {
    if (body.length === 0) return { kind: 'delivered' };
    if (isProtobuf) return readProtobufResponse(body);
    if (contentType.startsWith('application/json')) return readJsonResponse(body.toString('utf8'));
    // A proxy's page. Nobody says that the telemetry arrived.
    return { kind: 'retry', reason: `${url.host}: HTTP ${status} that is not OTLP` };
  }
  const text = oneLine(isProtobuf ? readStatus(body).message : body.toString('utf8'));
  const reason = `${url.host}: HTTP ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === contentTooLarge) return { kind: 'split', reason };
  if (!retryable.has(status)) return { kind: 'rejected', reason };
  const pause = pauseMillis(headers);
  return pause === undefined ? { kind: 'retry', reason } : { kind: 'retry', reason, retryAfterMillis: pause };
}

/** Retry-After in seconds, or as a date by the clock of whoever sent it. */
function pauseMillis(headers: IncomingMessage['headers']): number | undefined {
  const text = headers['retry-after'] ?? '';
  const millis = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isNaN(millis) ? undefined : Math.min(Math.max(0, millis), maxPauseMillis);
}

function failureOf(url: URL, cause: unknown): Error {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  return new Error(`${url.host}: ${oneLine(String(code ?? message))}`, { cause });
}
