import type { ProxyEnv, ProxyLog } from '../../../src/proxy/env.js';
import { createExchange } from '../../../src/proxy/http/create-exchange.js';
import type { Exchange } from '../../../src/proxy/http/exchange.js';
import { Headers } from '../../../src/proxy/http/headers.js';
import type { Downstream } from '../../../src/proxy/http/message.js';
import type { UpstreamEndpoint } from '../../../src/proxy/upstream/types.js';
import type { CompiledRoute } from '../../../src/proxy/routing/types.js';
import { ManualTime } from '../../support/manual-time.js';
import { downstream, requestHead } from '../support.js';

export interface TestEnv extends ProxyEnv {
  readonly time: ManualTime;
  readonly warnings: string[];
}

/** An environment whose time a test moves. */
export function testEnv(): TestEnv {
  const time = new ManualTime();
  const warnings: string[] = [];
  const log: ProxyLog = { info: () => undefined, warn: (message) => void warnings.push(message) };
  return {
    now: time.clock.now,
    monotonic: time.monotonic,
    after: (millis, work) => time.after(millis, work),
    random: () => 0.5,
    log,
    time,
    warnings,
  };
}

export interface ExchangeParts {
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly downstream?: Partial<Downstream>;
  readonly env?: ProxyEnv;
}

export function makeExchange(parts: ExchangeParts = {}): Exchange {
  const { url = 'reviews:9080/reviews/1', headers = {}, env = testEnv() } = parts;
  return createExchange(requestHead(url, headers), { ...downstream, ...parts.downstream }, env);
}

/** As if an upstream had answered after `millis`. */
export function answer(exchange: Exchange, status: number, millis: number, headers: Record<string, string> = {}): void {
  exchange.response = { status, headers: new Headers(Object.entries(headers).flat()) };
  exchange.endpoint = endpoint();
  exchange.target = {
    name: 'outbound|9080||reviews',
    mixerService: '',
    changeRequest: () => undefined,
    changeResponse: () => undefined,
  };
  exchange.upstreamMillis = millis;
  exchange.responseStarted = exchange.started + millis;
  exchange.ended = exchange.started + millis + 1;
  exchange.details = 'via_upstream';
}

export function endpoint(changes: Partial<UpstreamEndpoint> = {}): UpstreamEndpoint {
  return {
    address: '10.0.0.9',
    port: 9080,
    name: '10.0.0.9:9080',
    uid: '',
    labels: new Map(),
    locality: 'eu/eu-1',
    priority: 0,
    isHealthy: true,
    isEjected: false,
    active: 2,
    send: () => ({ resume: () => undefined, cancel: () => undefined }),
    connect: () => Promise.reject(new Error('no connections here')),
    record: () => undefined,
    ...changes,
  };
}

export function route(changes: Partial<CompiledRoute> = {}): CompiledRoute {
  return {
    name: 'default',
    virtualHost: 'reviews:9080',
    reply: undefined,
    forward: undefined,
    fault: undefined,
    cors: undefined,
    mixerService: '',
    operation: '',
    changeRequest: () => undefined,
    changeResponse: () => undefined,
    ...changes,
  };
}
