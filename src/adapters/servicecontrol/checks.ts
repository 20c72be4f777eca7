import { randomUUID } from 'node:crypto';
import { type CallContext, type CheckResult, Duration, type Env, type Instance, rpcCode } from 'fairlead/sdk';
import type { apikey } from 'fairlead/templates';
import { GenerationCache } from './cache.js';
import { type Client, CallError } from './client.js';
import { codeOfError, isPassing } from './codes.js';
import { int64In, type Json, objectIn, objectsIn, textIn } from './json.js';
import type { Service, Services } from './services.js';
import { SharedCalls } from './shared-calls.js';
import { cleanText, maxText, writableTime } from './writable.js';

const maxUses = 2 ** 31 - 1;
/** Longer than any request waits. */
const callMillis = 10_000;

/** What Google said about a key. */
interface Verdict {
  readonly result: CheckResult;
  /** Number of the project that the key belongs to, when Google told. */
  readonly project: string | undefined;
}

/** Checks keys, and remembers for a while what came of it. */
export class Checks {
  readonly #verdicts: GenerationCache<Verdict>;
  readonly #calls: SharedCalls<CheckResult>;
  readonly #millis: number;

  constructor(
    readonly services: Services,
    readonly client: Client,
    readonly env: Env,
    readonly keep: { readonly checkCacheSize: number; readonly checkResultExpiration: Duration },
  ) {
    this.#verdicts = new GenerationCache(keep.checkCacheSize, env.clock);
    this.#calls = new SharedCalls(env, callMillis);
    this.#millis = keep.checkResultExpiration.toMillis();
  }

  /** Whether a key may be used for an operation. What goes wrong is a denial; rejects only when the call is over. */
  check(instance: Instance<typeof apikey>, call: CallContext): CheckResult | Promise<CheckResult> {
    const { api = '', apiKey = '', apiOperation = '' } = instance;
    const service = this.services.find(api);
    if (service === undefined) return deny(rpcCode.PERMISSION_DENIED, `unknown service "${cleanText(api)}"`);
    if (apiKey === '') return deny(rpcCode.INVALID_ARGUMENT, 'there is no API key');
    if (apiOperation === '') return deny(rpcCode.INVALID_ARGUMENT, 'there is no API operation');
    if (apiKey.length > maxText) return deny(rpcCode.INVALID_ARGUMENT, 'the API key is too long');
    if (apiOperation.length > maxText) return deny(rpcCode.INVALID_ARGUMENT, 'the API operation is too long');
    const key = keyOf(service, apiKey, apiOperation);
    const kept = this.#verdicts.get(key);
    if (kept !== undefined) return kept.result;
    return this.#calls.run(key, call.signal, (signal) => this.#ask(service, instance, { key, signal }));
  }

  /** Number of the project of a key that was checked lately. */
  projectOf(service: Service, apiKey: string, apiOperation: string): string | undefined {
    return this.#verdicts.get(keyOf(service, apiKey, apiOperation))?.project;
  }

  async #ask(
    service: Service,
    { apiKey = '', apiOperation = '', timestamp }: Instance<typeof apikey>,
    { key, signal }: { readonly key: string; readonly signal: AbortSignal },
  ): Promise<CheckResult> {
    const startTime = writableTime(timestamp, this.env.clock.now());
    const operation = {
      operationId: randomUUID(),
      operationName: apiOperation,
      consumerId: `api_key:${apiKey}`,
      startTime: startTime.toString(),
    };
    try {
      const body = { operation };
      const answer = await this.client.call('check', { service: service.googleName, body, signal });
      return this.#judge(key, answer);
    } catch (cause) {
      if (!(cause instanceof CallError)) throw cause;
      return deny(cause.code ?? rpcCode.PERMISSION_DENIED, cause.message);
    }
  }

  #judge(key: string, answer: Json): CheckResult {
    const [error] = objectsIn(answer['checkErrors']);
    const name = textIn(error?.['code']);
    const status =
      error === undefined
        ? { code: rpcCode.OK, message: '' }
        : { code: codeOfError(name), message: `${name}: ${textIn(error['detail'])}` };
    if (isPassing(name)) return deny(status.code, status.message);
    const result = { status, validDuration: this.keep.checkResultExpiration, validUseCount: maxUses };
    const project = int64In(objectIn(objectIn(answer['checkInfo'])['consumerInfo'])['projectNumber']);
    this.#verdicts.set(key, { result, project: project?.toString() }, this.#millis);
    return result;
  }
}

/** A denial that nobody should remember: the next answer may be another one. */
function deny(code: number, message: string): CheckResult {
  return { status: { code, message }, validDuration: Duration.zero, validUseCount: 0 };
}

function keyOf({ googleName }: Service, apiKey: string, apiOperation: string): string {
  return JSON.stringify([googleName, apiOperation, apiKey]);
}
