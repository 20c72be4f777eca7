import { createHash, randomUUID } from 'node:crypto';
import {
  type CallContext,
  type Clock,
  Duration,
  type Instance,
  type QuotaArgs,
  type QuotaResult,
  rpcCode,
  type Value,
} from 'fairlead/sdk';
import type { quota } from 'fairlead/templates';
import { GenerationCache } from './cache.js';
import { type Client, CallError } from './client.js';
import { codeOfError } from './codes.js';
import type { QuotaConfig } from './config.js';
import { int64In, type Json, objectIn, objectsIn, textIn } from './json.js';
import type { Service, Services } from './services.js';
import { cleanText, maxText } from './writable.js';

const grantedMetric = 'serviceruntime.googleapis.com/api/consumer/quota_used_count';
/** How many grants are remembered, for callers that ask again. */
const rememberedGrants = 10_000;

/** Who asks for how much of what. */
interface Question {
  readonly service: Service;
  readonly config: QuotaConfig;
  readonly consumerId: string;
  readonly methodName: string;
  readonly args: QuotaArgs;
}

/** Allocates quota; the same deduplication id gets the same answer. */
export class Quotas {
  readonly #grants: GenerationCache<QuotaResult>;

  constructor(
    readonly services: Services,
    readonly client: Client,
    clock: Clock,
  ) {
    this.#grants = new GenerationCache(rememberedGrants, clock);
  }

  /** How much is granted. Never rejects: whatever goes wrong grants nothing. */
  allocate(instance: Instance<typeof quota>, args: QuotaArgs, call: CallContext): QuotaResult | Promise<QuotaResult> {
    const { name, dimensions } = instance;
    const [key, operation, api] = ['api_key', 'api_operation', 'api_service'].map((key) => textOf(dimensions, key));
    const service = this.services.findForQuota(api ?? '', name);
    if (service === undefined) return refuse(rpcCode.INTERNAL, `unknown service "${cleanText(api ?? '')}"`);
    const config = service.quotas.get(name);
    if (config === undefined) return refuse(rpcCode.INTERNAL, `"${service.googleName}" has no quota "${name}"`);
    if (key === undefined) return refuse(rpcCode.INVALID_ARGUMENT, 'dimension "api_key" must be text');
    if (operation === undefined) return refuse(rpcCode.INVALID_ARGUMENT, 'dimension "api_operation" must be text');
    if (args.amount <= 0n) return { amount: 0n, validDuration: config.expiration };
    const question = { service, config, consumerId: `api_key:${key}`, methodName: operation, args };
    const operationId = operationIdOf(question);
    return this.#grants.get(operationId) ?? this.#ask(question, operationId, call);
  }

  async #ask(question: Question, operationId: string, call: CallContext): Promise<QuotaResult> {
    const { service, config, consumerId, methodName, args } = question;
    const allocateOperation = {
      operationId,
      methodName,
      consumerId,
      quotaMetrics: [{ metricName: config.googleQuotaMetricName, metricValues: [{ int64Value: String(args.amount) }] }],
      quotaMode: args.bestEffort ? 'BEST_EFFORT' : 'NORMAL',
    };
    try {
      const body = { allocateOperation };
      const answer = await this.client.call('allocateQuota', {
        service: service.googleName,
        body,
        signal: call.signal,
      });
      const result = toResult(answer, question);
      if (result.amount > 0n) this.#grants.set(operationId, result, config.expiration.toMillis());
      return result;
    } catch (cause) {
      if (!(cause instanceof CallError)) throw cause;
      return refuse(cause.code ?? rpcCode.UNAVAILABLE, cause.message);
    }
  }
}

function toResult(answer: Json, { config, args }: Question): QuotaResult {
  const [error] = objectsIn(answer['allocateErrors']);
  if (error !== undefined) {
    return refuse(codeOfError(textIn(error['code'])), textIn(error['description']), config.expiration);
  }
  const granted = grantedIn(answer, config.googleQuotaMetricName) ?? args.amount;
  const amount = granted < 0n ? 0n : granted > args.amount ? args.amount : granted;
  return { status: { code: rpcCode.OK, message: '' }, amount, validDuration: config.expiration };
}

function grantedIn(answer: Json, metric: string): bigint | undefined {
  for (const { metricName, metricValues } of objectsIn(answer['quotaMetrics'])) {
    if (metricName !== grantedMetric) continue;
    for (const { labels, int64Value } of objectsIn(metricValues)) {
      if (objectIn(labels)['/quota_name'] === metric) return int64In(int64Value);
    }
  }
  return undefined;
}

function refuse(code: number, message: string, validDuration = Duration.zero): QuotaResult {
  return { status: { code, message }, amount: 0n, validDuration };
}

/** One id for one allocation: Google charges an id once, however often it comes. Ids of callers may be of any form. */
function operationIdOf({ service, config, consumerId, methodName, args }: Question): string {
  if (args.deduplicationId === '') return randomUUID();
  const parts = [service.googleName, config.name, consumerId, methodName, args.deduplicationId];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** A dimension that is text, not empty and not too long. */
function textOf(dimensions: Readonly<Record<string, Value>>, key: string): string | undefined {
  const value = Object.hasOwn(dimensions, key) ? dimensions[key] : undefined;
  return typeof value === 'string' && value !== '' && value.length <= maxText ? value : undefined;
}
