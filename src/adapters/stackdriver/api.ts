import { rpcCode } from 'fairlead/sdk';
import type { SendContext, SendOutcome } from 'fairlead/sdk/delivery';
import type { Tokens } from './auth.js';
import { type Failure, outcomeOf, readFailure } from './failure.js';

/** Details of 200 refused series fit in. */
const maxAnswerBytes = 1 << 20;

/** A call of one of Google's APIs. */
export interface ApiCall {
  readonly method: 'POST' | 'PATCH';
  readonly url: string;
  /** JSON. */
  readonly body: string;
}

/** Makes calls with a token. */
export class Api {
  readonly #tokens: Tokens;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** Resolves with undefined when the call succeeded. Rejects when there was no answer, or no token. */
  async call({ method, url, body }: ApiCall, signal: AbortSignal): Promise<Failure | undefined> {
    const authorization = await this.#tokens.authorization(signal);
    const { host } = new URL(url);
    const response = await fetchFrom(host, url, {
      method,
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body,
      redirect: 'manual',
      signal,
    });
    const answer = await readBody(response);
    if (response.ok) return undefined;
    const failure = readFailure(host, response, answer);
    if (failure.code === rpcCode.UNAUTHENTICATED) this.#tokens.expire();
    return { ...failure, text: withoutToken(failure.text, authorization) };
  }

  /**
   * Makes the `send` of a delivery: a call for each batch. `refused` looks into failures of APIs that take a part of a
   * batch; undefined means that all of it failed.
   */
  createSend<Item>(options: {
    readonly encode: (batch: readonly Item[]) => ApiCall;
    readonly refused?: (failure: Failure, batch: readonly Item[]) => SendOutcome<Item> | undefined;
  }): (batch: readonly Item[], context: SendContext) => Promise<SendOutcome<Item>> {
    return async (batch, { signal }) => {
      const failure = await this.call(options.encode(batch), signal);
      if (failure === undefined) return { kind: 'delivered' };
      return options.refused?.(failure, batch) ?? outcomeOf(failure);
    };
  }
}

/** `fetch` says no more than that it failed; the reason is one below. */
async function fetchFrom(host: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const inner: unknown = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const { code } = inner as { readonly code?: unknown };
    const reason = typeof code === 'string' ? code : inner instanceof Error ? inner.message : String(inner);
    throw new Error(`${host}: ${reason}`, { cause });
  }
}

/** The status says enough: an answer that breaks off or does not end has what came so far. */
async function readBody({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxAnswerBytes) break;
    }
  } catch {
    // As above.
  }
  return Buffer.concat(chunks).toString();
}

/** Whoever answers may have been sent the token, and say it. */
function withoutToken(text: string, authorization: string | undefined): string {
  const token = authorization?.slice('Bearer '.length) ?? '';
  return token === '' ? text : text.replaceAll(token, '***');
}
