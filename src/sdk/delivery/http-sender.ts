import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type HttpAnswer, readAnswer } from './http-answer.js';
import { outcomeOf } from './http-outcome.js';
import { createMask, type Mask, safeDecode } from './mask.js';
import { reasonOf } from './reason.js';
import type { SendContext, SendOutcome } from './types.js';

export type { HttpAnswer } from './http-answer.js';

/** Headers by name. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** A batch as it goes over the wire. */
export interface HttpBody {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers?: HttpHeaders;
}

/** How batches become requests. */
export interface HttpSenderOptions<Item> {
  /** Where to. A user and password in it become basic authentication; they and the query are kept out of all texts. */
  readonly url: string;
  /** POST when left out. */
  readonly method?: string;
  /** Of each request; a function is asked before each attempt, for tokens that expire. Values are kept out of all texts. */
  readonly headers?: HttpHeaders | ((signal: AbortSignal) => HttpHeaders | Promise<HttpHeaders>);
  /** What else has to be kept out of all texts: a part of the URL's path that is as good as a password. */
  readonly secrets?: readonly string[];
  /** Writes a batch, again for each attempt. What it throws means that the batch is rejected. */
  readonly encode: (batch: readonly Item[]) => HttpBody | Promise<HttpBody>;
  /** Whether the body is compressed. */
  readonly gzip?: boolean;
  /**
   * Looks into what came back with a 2xx, for backends that take a part only. Undefined means delivered; what it throws
   * means that the batch goes out again.
   */
  readonly accept?: (answer: HttpAnswer, batch: readonly Item[]) => SendOutcome<Item> | undefined;
  /** Statuses that mean "later" besides 408, 425, 429 and 5xx (without 501 and 505): 401 for tokens that expire. */
  readonly retryOn?: readonly number[];
  /** Whether redirects are followed; when left out they mean that the batch is rejected. */
  readonly followRedirects?: boolean;
  /** How much of an answer is read; 64 KiB when left out. The rest is not waited for. */
  readonly maxResponseBytes?: number;
  /** The longest Retry-After that is heeded; 5 minutes when left out. */
  readonly maxRetryAfterMillis?: number;
}

type Send<Item> = (batch: readonly Item[], context: SendContext) => Promise<SendOutcome<Item>>;

const compress = promisify(gzip);

/**
 * Makes the `send` of a delivery whose backend speaks HTTP: one request per batch, over connections that `fetch` keeps
 * alive. 2xx is delivered, "later" statuses and everything that goes wrong on the way are a retry, 413 sends the halves of
 * a batch, all else is rejected.
 *
 * @throws TypeError when `url` is no URL.
 */
export function createHttpSender<Item>(options: HttpSenderOptions<Item>): Send<Item> {
  const { target, authorization } = splitCredentials(options.url);
  return async (batch, { signal }) => {
    const given = typeof options.headers === 'function' ? await options.headers(signal) : options.headers;
    const headers = new Headers({ ...authorization, ...given });
    const mask = createMask(options.url, headers, options.secrets);
    let body: HttpBody['body'];
    try {
      body = await encodeBody(options, batch, headers);
    } catch (cause) {
      return { kind: 'rejected', reason: mask(`entries cannot be encoded: ${reasonOf(cause)}`) };
    }
    const init: RequestInit = {
      method: options.method ?? 'POST',
      headers,
      body,
      signal,
      redirect: options.followRedirects === true ? 'follow' : 'manual',
    };
    return exchange({ target, init, mask, options, batch });
  };
}

async function exchange<Item>(request: {
  readonly target: URL;
  readonly init: RequestInit;
  readonly mask: Mask;
  readonly options: HttpSenderOptions<Item>;
  readonly batch: readonly Item[];
}): Promise<SendOutcome<Item>> {
  const { target, init, mask, options, batch } = request;
  try {
    const response = await fetch(target, init);
    const answer = await readAnswer(response, {
      maxBytes: options.maxResponseBytes ?? 65_536,
      // Without a hook the status says it all, and a body that breaks off does not make it untrue.
      mustRead: response.ok && options.accept !== undefined,
    });
    if (response.ok) return options.accept?.(answer, batch) ?? { kind: 'delivered' };
    return outcomeOf(answer, { host: target.host, entries: batch.length, mask, ...options });
  } catch (cause) {
    return { kind: 'retry', reason: mask(`${target.host}: ${failureText(cause)}`) };
  }
}

async function encodeBody<Item>(
  options: HttpSenderOptions<Item>,
  batch: readonly Item[],
  headers: Headers,
): Promise<HttpBody['body']> {
  const encoded = await options.encode(batch);
  for (const [name, value] of Object.entries(encoded.headers ?? {})) headers.set(name, value);
  if (options.gzip !== true) return encoded.body;
  headers.set('content-encoding', 'gzip');
  return new Uint8Array(await compress(encoded.body));
}

/** `fetch` itself refuses URLs with a user in them. */
function splitCredentials(url: string): { readonly target: URL; readonly authorization: HttpHeaders } {
  const target = new URL(url);
  if (target.username === '' && target.password === '') return { target, authorization: {} };
  const pair = `${safeDecode(target.username)}:${safeDecode(target.password)}`;
  target.username = '';
  target.password = '';
  return { target, authorization: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/** `fetch failed` says nothing; its cause does. */
function failureText(cause: unknown): string {
  const inner: unknown = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const { code } = (typeof inner === 'object' && inner !== null ? inner : {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : reasonOf(inner);
}
