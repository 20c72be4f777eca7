import type { Env } from 'fairlead/sdk';
import type { Authorize } from './auth.js';
import { codeOfHttp } from './codes.js';
import { isListIn, type Json } from './json.js';

/** Answers are a few hundred bytes. */
const maxAnswerBytes = 1 << 20;

/** A call that Service Control did not answer, or with a status other than 200. */
export class CallError extends Error {
  override readonly name = 'CallError';

  constructor(
    message: string,
    /** The status as a code of google.rpc; undefined when there was no answer. */
    readonly code: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The methods that a request waits for. */
export type Method = 'check' | 'allocateQuota';

/** Where an answer says what stands against it. */
const errorFields: Readonly<Record<Method, string>> = { check: 'checkErrors', allocateQuota: 'allocateErrors' };

/** Service Control over HTTP. */
export class Client {
  readonly #endpoint: string;
  readonly #authorize: Authorize;
  readonly #env: Env;
  readonly #calls;
  #failing = false;

  constructor(options: { readonly endpoint: string; readonly authorize: Authorize; readonly env: Env }) {
    this.#endpoint = options.endpoint;
    this.#authorize = options.authorize;
    this.#env = options.env;
    this.#calls = options.env.metrics.counter('calls_total', 'Calls of Service Control, by method and outcome.');
  }

  /** Calls a method. Rejects with a CallError; nothing in its text is secret. */
  async call(method: Method, call: { service: string; body: object; signal: AbortSignal }): Promise<Json> {
    try {
      const answer = await this.#exchange(urlOf(this.#endpoint, call.service, method), call);
      const field = errorFields[method];
      // Errors that cannot be read are not none.
      if (!isListIn(answer[field])) throw new Error(`${field} of the answer is no list of objects`);
      this.#note(method, undefined);
      return answer;
    } catch (cause) {
      const error =
        cause instanceof CallError ? cause : new CallError(`${method}: ${reasonOf(cause)}`, undefined, { cause });
      this.#note(method, error);
      throw error;
    }
  }

  /** Counts a call, and logs when calls begin to fail and when they do no more. */
  #note(method: Method, error: CallError | undefined): void {
    const outcome = error === undefined ? 'ok' : error.code === undefined ? 'unanswered' : 'refused';
    this.#calls.add(1, { method, outcome });
    if ((error !== undefined) === this.#failing || this.#env.signal.aborted) return;
    this.#failing = !this.#failing;
    if (error === undefined) this.#env.log.info('service control answers again');
    else this.#env.log.warn('service control does not answer, requests are denied', { error: error.message });
  }

  async #exchange(url: string, { body, signal }: { body: object; signal: AbortSignal }): Promise<Json> {
    signal.throwIfAborted();
    const authorization = await this.#authorize(signal);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal,
    });
    const text = await readText(response);
    if (response.status !== 200) {
      // 204 and its like are no answer, and the code that they stand for would let a request pass.
      const code = codeOfHttp(response.status) || undefined;
      throw new CallError(`Service Control answered ${response.status}`, code);
    }
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
      throw new Error('the answer is no object');
    return answer as Json;
  }
}

/** The URL of a method of a service. */
export function urlOf(endpoint: string, service: string, method: Method | 'report'): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/services/${encodeURIComponent(service)}:${method}`;
}

async function readText({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxAnswerBytes) throw new Error(`the answer is longer than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString();
}

/** `fetch` says no more than that it failed; the reason is one below. */
function reasonOf(cause: unknown): string {
  if (cause instanceof SyntaxError) return 'the answer is no JSON';
  if (!(cause instanceof Error)) return String(cause);
  if (!(cause.cause instanceof Error)) return cause.message;
  return 'code' in cause.cause ? String(cause.cause.code) : cause.cause.message;
}
