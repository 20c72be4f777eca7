import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import type { UpstreamEnv } from './upstream/index.js';

/** What the proxy uses of the outside world: tests lend their own. */
export interface ProxyEnv {
  /** Milliseconds of the wall clock. */
  now(): number;
  /** Milliseconds that only grow. */
  monotonic(): number;
  /** Runs once; the answer cancels it. */
  after(millis: number, work: () => void): () => void;
  /** From 0 to below 1. */
  readonly random: () => number;
  log: ProxyLog;
}

export interface ProxyLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** The real world of the upstream side. */
export function systemUpstreamEnv(): UpstreamEnv {
  return {
    clock: { now: () => performance.now() },
    schedule: {
      after: (millis, work) => {
        const timer = setTimeout(work, millis);
        return () => clearTimeout(timer);
      },
      every: (millis, work) => {
        const timer = setInterval(work, millis);
        return () => clearInterval(timer);
      },
    },
    random: Math.random,
    resolveDns: async (name) => (await lookup(name, { all: true })).map(({ address }) => address),
    readFile: (path) => readFile(path),
  };
}

/** The real world, but for the log. */
export function systemEnv(log: ProxyLog): ProxyEnv {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: (millis, work) => {
      const timer = setTimeout(work, millis);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    log,
  };
}
