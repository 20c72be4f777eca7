import { randomUUID } from 'node:crypto';

import type { Value } from '../attributes/index.js';
import type { ConnectionFacts } from './attributes/connection.js';
import { type NodeIdentity, nodeAttributes } from './attributes/node-identity.js';
import {
  addTcpAttributes,
  reportIntervalMillis,
  type TcpReportFacts,
  TcpReports,
  type TcpSample,
} from './attributes/tcp.js';
import type { TcpClientConfig } from './client-config.js';
import { directionOf } from './compiled-service.js';
import type { CheckOutcome, MixerCalls } from './mixer-client.js';
import { allowed } from './rpc-codes.js';
import { compileQuotaSpecs, type QuotaMatcher } from './specs/quota-spec.js';
import type { AttributeSet } from './transport.js';
import { type ClientTime, systemTime } from './time.js';

/** What {@link createTcpFilter} takes. */
export interface TcpFilterOptions {
  readonly client: MixerCalls;
  readonly config?: TcpClientConfig;
  /** Who this node is; left out, connections do not say. */
  readonly node?: NodeIdentity;
  /** The real time when left out. */
  readonly time?: ClientTime;
}

/** Asks and tells a Mixer about TCP connections, as Istio's filter in Envoy does. */
export interface TcpFilter {
  /** Begins with one connection, best when its first bytes are there. `sample` is asked whenever it is reported. */
  begin(connection: ConnectionFacts, sample: () => TcpSample): TcpExchange;
}

/** One connection. */
export interface TcpExchange {
  /** Decides; at once when the answer is known. Never throws. Nothing is to be read from the connection meanwhile. */
  check(signal?: AbortSignal): CheckOutcome | Promise<CheckOutcome>;
  /** The connection is allowed: reports it, now and from time to time. */
  open(): void;
  /** The connection has ended, allowed or not: reports it for the last time. */
  close(): void;
}

/** Makes a filter. */
export function createTcpFilter({ client, config = {}, node, time = systemTime }: TcpFilterOptions): TcpFilter {
  const ofNode = node === undefined ? [] : nodeAttributes(node, directionOf(config.mixerAttributes));
  const parts: TcpParts = {
    client,
    time,
    isChecked: config.disableCheckCalls !== true,
    isReported: config.disableReportCalls !== true,
    attributes: new Map([...ofNode, ...(config.mixerAttributes ?? [])]),
    quotas: compileQuotaSpecs(config.connectionQuotaSpec === undefined ? [] : [config.connectionQuotaSpec]),
    interval: reportIntervalMillis(config.reportIntervalMillis),
  };
  const idBase = randomUUID();
  let made = 0;
  return {
    begin: (connection, sample) => new Exchange(parts, { connection, sample, id: `${idBase}-${made++}` }),
  };
}

interface TcpParts {
  readonly client: MixerCalls;
  readonly time: ClientTime;
  readonly isChecked: boolean;
  readonly isReported: boolean;
  readonly attributes: AttributeSet;
  readonly quotas: QuotaMatcher;
  readonly interval: number;
}

interface Connection {
  readonly connection: ConnectionFacts;
  readonly sample: () => TcpSample;
  readonly id: string;
}

class Exchange implements TcpExchange {
  readonly #parts: TcpParts;
  readonly #attributes: ReadonlyMap<string, Value>;
  readonly #reports: TcpReports;
  readonly #sample: () => TcpSample;
  readonly #start: number;
  #outcome: CheckOutcome | undefined;
  #stop: (() => void) | undefined;
  #isClosed = false;

  constructor(parts: TcpParts, { connection, sample, id }: Connection) {
    const attributes = new Map(parts.attributes);
    addTcpAttributes(attributes, { connection, id, wallMillis: parts.time.wall() });
    this.#parts = parts;
    this.#attributes = attributes;
    this.#reports = new TcpReports(attributes);
    this.#sample = sample;
    this.#start = parts.time.monotonic();
  }

  check(signal?: AbortSignal): CheckOutcome | Promise<CheckOutcome> {
    const { client, quotas: quotasOf, isChecked } = this.#parts;
    if (!isChecked) return unchecked;
    const quotas = quotasOf(this.#attributes);
    const outcome = client.check(this.#attributes, signal === undefined ? { quotas } : { quotas, signal });
    return outcome instanceof Promise ? outcome.then((answer) => this.#keep(answer)) : this.#keep(outcome);
  }

  open(): void {
    const { client, time, isReported, interval } = this.#parts;
    if (!isReported || this.#isClosed) return;
    client.report(this.#reports.open(this.#facts()));
    this.#stop = time.every(interval, () => {
      client.report(this.#reports.continue(this.#facts()));
    });
  }

  close(): void {
    const { client, time, isReported } = this.#parts;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop?.();
    if (isReported) client.report(this.#reports.close(this.#facts(), time.monotonic() - this.#start));
  }

  #keep(outcome: CheckOutcome): CheckOutcome {
    this.#outcome = outcome;
    return outcome;
  }

  #facts(): TcpReportFacts {
    return { ...this.#sample(), wallMillis: this.#parts.time.wall(), outcome: this.#outcome };
  }
}

const unchecked: CheckOutcome = { status: allowed, directive: undefined, checkCacheHit: false, quotaCacheHit: false };
