import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import servicecontrol from 'fairlead/adapters/servicecontrol';
import type { Handler } from 'fairlead/sdk';
import type { apikey, quota, servicecontrolreport } from 'fairlead/templates';
import { decodeParams, type FakeEnv, fakeEnv } from 'fairlead/testing';
import type { GoogleServer } from './google-server.js';

type Templates = typeof apikey | typeof quota | typeof servicecontrolreport;

/** Parameters without credentials and endpoint. */
export const oneService = `
runtime_config: { check_cache_size: 20, check_result_expiration: 60s }
service_configs:
  - mesh_service_name: echo.default.svc.cluster.local
    google_service_name: echo.endpoints.p.cloud.goog
    quotas: [{ name: ratelimit, google_quota_metric_name: read-requests, expiration: 30s }]
`;

/** Writes credentials for a server into a folder; gives the parameters that name both. */
export function connection(google: GoogleServer, folder: string): string {
  const path = join(folder, 'key.json');
  writeFileSync(path, google.credentials);
  return `endpoint: ${google.url}\ncredential_path: ${path}\n`;
}

/** A handler under test. */
export interface Servicecontrol {
  readonly handler: Handler<Templates>;
  readonly env: FakeEnv;
  readonly close: () => Promise<void>;
}

/** Builds a handler of parameters in YAML. */
export async function createServicecontrol(params: string): Promise<Servicecontrol> {
  const { config, problems } = decodeParams(servicecontrol, params);
  assert.deepEqual(problems, []);
  const env = fakeEnv();
  const types = { apikey: new Map(), quota: new Map(), servicecontrolreport: new Map() };
  const handler = await servicecontrol.build({ name: 'h.default', config, types, env });
  const close = async (): Promise<void> => {
    env.abort();
    await handler.close?.();
    env.dispose();
  };
  return { handler, env, close };
}
