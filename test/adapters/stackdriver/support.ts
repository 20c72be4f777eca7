import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import stackdriver from 'fairlead/adapters/stackdriver';
import type { Handler, ValueType } from 'fairlead/sdk';
import type { edge, logentry, metric, tracespan } from 'fairlead/templates';
import { decodeParams, type FakeEnv, fakeEnv } from 'fairlead/testing';
import { gcpMetadata } from 'google-auth-library';
import { eventually } from '../../support/peer.js';
import { Google } from './google.js';

type Templates = typeof edge | typeof logentry | typeof metric | typeof tracespan;

// Whatever machine the tests run on: nobody is to be asked for metadata.
gcpMetadata.setGCPResidency(false);

/** A handler under test, and the Google it talks to. */
export interface Stackdriver {
  readonly google: Google;
  readonly handler: Handler<Templates>;
  readonly env: FakeEnv;
  /** Lets time pass until something is true: the clock is the test's, the network is real. */
  readonly until: (ask: () => boolean, step?: number) => Promise<true>;
  /** Closes the handler; time goes on in steps of that many milliseconds. */
  readonly close: (step?: number) => Promise<void>;
}

/** What {@link createStackdriver} needs to know. */
export interface StackdriverOptions {
  /** YAML, without credentials and endpoint. */
  readonly params: string;
  /** Types of metric instances, by name. */
  readonly types?: Readonly<Record<string, ValueType>>;
  /** Tokens come from there; a new one when left out. */
  readonly google?: Google;
  /** Where the APIs are; at `google` when left out. */
  readonly endpoint?: string;
}

/** Types of metric instances, by name. */
export function metricTypes(types: Readonly<Record<string, ValueType>>): never {
  const metrics = Object.entries(types).map(([name, value]) => [name, { value, dimensions: {} }] as const);
  return { metric: new Map(metrics), logentry: new Map(), tracespan: new Map(), edge: new Map() } as never;
}

/** Starts a Google, and builds a handler of parameters in YAML that talks to it. */
export async function createStackdriver(
  t: TestContext,
  folder: string,
  options: StackdriverOptions,
): Promise<Stackdriver> {
  const google = options.google ?? (await Google.start());
  t.after(() => google.backend.close());
  const path = join(folder, `key-${google.url.split(':').at(-1)!}.json`);
  writeFileSync(path, google.credentials);
  const params = `endpoint: ${options.endpoint ?? google.url}\nproject_id: p\nservice_account_path: ${path}\n${options.params}`;
  const { config, problems } = decodeParams(stackdriver, params);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  t.after(() => env.stop());
  const handler = await stackdriver.build({ name: 'h.default', config, types: metricTypes(options.types ?? {}), env });
  const until = (ask: () => boolean, step = 1000): Promise<true> =>
    eventually(async () => {
      await env.clock.advance(step);
      return ask() || undefined;
    });
  const close = async (step = 100): Promise<void> => {
    env.abort();
    let closed = false;
    const closing = Promise.resolve(handler.close?.()).then(() => (closed = true));
    await until(() => closed, step);
    await closing;
  };
  return { google, handler, env, until, close };
}
