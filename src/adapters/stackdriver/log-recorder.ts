import { randomBytes } from 'node:crypto';
import type { BuildInput, Env, Instance } from 'fairlead/sdk';
import { createDelivery, type Delivery, type SendOutcome, textSize } from 'fairlead/sdk/delivery';
import type { logentry } from 'fairlead/templates';
import type { Api } from './api.js';
import type { StackdriverConfig } from './config.js';
import { type Failure, isLater } from './failure.js';
import { countOf, objectOf } from './json.js';
import { defineLog, encodeEntry, type LogDefinition } from './log-entry.js';
import type { Metadata } from './metadata.js';
import { takeAll } from './take-all.js';

/** What {@link LogRecorder} works with. */
export interface LogRecorderOptions {
  readonly api: Api;
  /** Where Cloud Logging is. */
  readonly endpoint: string;
  readonly metadata: Metadata;
}

type LogEntry = Instance<typeof logentry>;
type Input = Pick<BuildInput<StackdriverConfig, typeof logentry>, 'config' | 'types' | 'env'>;

/** Writes log entries to Cloud Logging (adapters.md 4.8). */
export class LogRecorder {
  readonly #definitions: ReadonlyMap<string, LogDefinition>;
  readonly #delivery: Delivery<string>;
  readonly #env: Env;
  readonly #metadata: Metadata;
  /** Logs whose template has failed: each is told of once. */
  readonly #cutShort = new Set<string>();
  // Entries with one time and one id are one entry to Google, which is what makes it safe to send them again.
  readonly #idPrefix = randomBytes(9).toString('base64url').replace(/[-_]/g, '0');
  readonly #payloads: ReturnType<Env['metrics']['counter']>;
  #entries = 0;

  constructor({ config, types, env }: Input, { api, endpoint, metadata }: LogRecorderOptions) {
    this.#definitions = new Map(Array.from(config.logInfo, ([name, info]) => [name, defineLog(info)]));
    for (const name of types.logentry.keys()) {
      if (!this.#definitions.has(name)) env.log.warn('no log_info for this log, it is skipped', { log: name });
    }
    this.#env = env;
    this.#payloads = env.metrics.counter('payloads_failed', 'Log entries whose payload could not be made in full.');
    this.#metadata = metadata;
    this.#delivery = createEntryDelivery(env, api, `${endpoint}/v2/entries:write`);
  }

  /** Takes entries; those without definition are skipped. */
  record(entries: readonly LogEntry[]): void {
    takeAll(entries, (entry) => this.#add(entry));
  }

  close(): Promise<void> {
    return this.#delivery.close();
  }

  #add(entry: LogEntry): void {
    const definition = this.#definitions.get(entry.name);
    if (definition === undefined) return;
    this.#entries += 1;
    // Entries of one moment are sorted by their ids.
    const insertId = `${this.#idPrefix}${this.#entries.toString(36).padStart(11, '0')}`;
    const cutShort = (error: string): void => this.#noteCutShort(entry.name, error);
    const context = { now: this.#env.clock.now(), insertId, metadata: this.#metadata, cutShort };
    this.#delivery.offer(encodeEntry(entry, definition, context));
  }

  #noteCutShort(name: string, error: string): void {
    this.#payloads.add(1, { log: name });
    if (this.#cutShort.has(name)) return;
    this.#cutShort.add(name);
    this.#env.log.warn('payload cannot be made in full', { log: name, error });
  }
}

function createEntryDelivery(env: Env, api: Api, url: string): Delivery<string> {
  return createDelivery<string>(env, {
    name: 'logs',
    overflow: 'oldest',
    queue: { entries: 20_000, bytes: 32 << 20 },
    // Google takes 10 MB.
    batch: { entries: 1000, bytes: 3 << 20, millis: 500 },
    // Entries have their own order.
    concurrency: 2,
    timeoutMillis: 15_000,
    sizeOf: textSize,
    send: api.createSend<string>({
      encode: (batch) => ({ method: 'POST', url, body: `{"partialSuccess":true,"entries":[${batch.join(',')}]}` }),
      refused: refusedEntries,
    }),
  });
}

/** What Cloud Logging did not take of a batch: it has the index of each entry. Undefined when it took nothing. */
function refusedEntries(failure: Failure, batch: readonly string[]): SendOutcome<string> | undefined {
  const type = 'type.googleapis.com/google.logging.v2.WriteLogEntriesPartialErrors';
  const errors = objectOf(failure.details.find((detail) => detail['@type'] === type)?.['logEntryErrors']);
  const indexes = Object.keys(errors).filter((index) => Object.hasOwn(batch, index));
  if (indexes.length === 0) return undefined;
  const isAgain = (index: string): boolean => isLater(countOf(objectOf(errors[index])['code']));
  const again = indexes.filter(isAgain).map((index) => batch[Number(index)]!);
  const { retryAfterMillis, text: reason } = failure;
  const wait = retryAfterMillis === undefined ? {} : { retryAfterMillis };
  return { kind: 'partial', reason, again, rejected: indexes.length - again.length, ...wait };
}
