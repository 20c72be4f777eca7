import type { ProviderUrl } from './provider-url.js';

/** What to ask for, and how much of it to take. */
interface Request {
  readonly url: ProviderUrl;
  /** Tag of the body that is there already: the server may say that it has not changed. */
  readonly etag: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** A body with its tag; no body when it has not changed. */
export interface Download {
  readonly body: Uint8Array | undefined;
  readonly etag: string | undefined;
}

/**
 * Fetches one list, over redirects. Rejects with an Error that says why for all answers but 200, or 304 to a tag; for
 * bodies that are too long; and when the signal aborts, with the signal's reason.
 */
export async function download({ url, etag, maxBytes, signal }: Request): Promise<Download> {
  // Lists are fetched too seldom for an open connection to pay.
  const headers = new Headers({ connection: 'close' });
  if (etag !== undefined) headers.set('if-none-match', etag);
  if (url.authorization !== undefined) headers.set('authorization', url.authorization);
  try {
    const response = await fetch(url.href, { headers, signal });
    if (response.status === 304 && etag !== undefined) return { body: undefined, etag };
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new Error(`the server answered ${response.status}`);
    }
    return { body: await readBody(response, maxBytes), etag: response.headers.get('etag') ?? undefined };
  } catch (cause) {
    signal.throwIfAborted();
    throw describe(cause);
  }
}

async function readBody({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`the list is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** `fetch` says no more than that it failed; the reason is one below. */
function describe(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (!(error.cause instanceof Error)) return error;
  const { message } = error.cause;
  const code = 'code' in error.cause ? String(error.cause.code) : error.message;
  return new Error(message === '' ? code : message, { cause: error });
}
