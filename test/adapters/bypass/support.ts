import assert from 'node:assert/strict';
import bypass from 'fairlead/adapters/bypass';
import type { Handler, InstanceTypes } from 'fairlead/sdk';
import type { checknothing, metric, quota, reportnothing } from 'fairlead/templates';
import { decodeParams, type FakeEnv, fakeEnv } from 'fairlead/testing';

type Templates = typeof checknothing | typeof reportnothing | typeof metric | typeof quota;
export type Types = InstanceTypes<Templates>;

export const noTypes: Types = {
  checknothing: new Map(),
  reportnothing: new Map(),
  metric: new Map(),
  quota: new Map(),
};

/** A handler under test. */
export interface Bypass {
  readonly handler: Handler<Templates>;
  readonly env: FakeEnv;
  readonly close: () => Promise<void>;
}

/** Builds a handler for a backend; `params` is YAML besides the address. */
export async function createBypass(address: string, params = '', types: Types = noTypes): Promise<Bypass> {
  const { config, problems } = decodeParams(bypass, `backend_address: "${address}"\n${params}`);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  const handler = await bypass.build({ name: 'h.default', config, types, env });
  const close = async (): Promise<void> => {
    env.abort();
    await handler.close?.();
    env.dispose();
  };
  return { handler, env, close };
}
