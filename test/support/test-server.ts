import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { templates } from 'fairlead/templates';

import { builtInAdapters } from '../../src/cli/inventory.js';
import { loadAdapters } from '../../src/cli/load-adapter.js';
import { type Connection, connectMixer } from '../../src/cli/client/connect.js';
import { openStore } from '../../src/config/index.js';
import { type ListenAddress, type MixerServer, startMixerServer } from '../../src/mixer/index.js';
import { createHost, Runtime } from '../../src/runtime/index.js';
import type { Adapter } from '../../src/sdk/index.js';
import { MemoryLog } from './memory-log.js';

export interface TestServer {
  readonly server: MixerServer;
  readonly mixer: Connection;
  readonly log: MemoryLog;
  /** Sends raw bytes to a method of the Mixer service. */
  raw(
    method: string,
    bytes: Uint8Array,
  ): Promise<{ readonly code: number; readonly details: string; readonly body: Buffer }>;
  /** Closes clients and server; twice does no harm. */
  stop(graceMillis?: number): Promise<void>;
}

export interface TestServerOptions {
  readonly config: string;
  readonly address?: ListenAddress;
  readonly adapters?: readonly Adapter[];
  readonly adapterTimeoutMs?: number;
}

/** A server in this process on ports of its own; the caller stops it. */
export async function startTestServer(options: TestServerOptions): Promise<TestServer> {
  const log = new MemoryLog();
  const host = createHost({ log, adapterTimeoutMs: options.adapterTimeoutMs });
  const adapters = [...(await loadAdapters(builtInAdapters, '.')), ...(options.adapters ?? [])];
  const server = await startMixerServer({
    runtime: new Runtime({ adapters, templates, host }),
    host,
    store: openStore(`fs://${options.config}`, { defaultNamespace: 'default', log }),
    log,
    version: '1.2.3',
    address: options.address ?? { kind: 'tcp', host: '127.0.0.1', port: 0 },
    monitoring: { host: '127.0.0.1', port: 0 },
    prometheus: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    maxMessageSize: 1_048_576,
    maxConcurrentStreams: 1024,
  });
  const mixer = connectMixer(server.address);
  const client = new Client(
    server.address.replace('tcp://', '').replace('unix://', 'unix:'),
    credentials.createInsecure(),
  );
  const stop = async (graceMillis = 1000): Promise<void> => {
    mixer.close();
    client.close();
    await server.close(graceMillis);
  };
  return { server, mixer, log, stop, raw: (method, bytes) => callRaw(client, method, bytes) };
}

function callRaw(client: Client, method: string, bytes: Uint8Array): ReturnType<TestServer['raw']> {
  const same = (one: Buffer): Buffer => one;
  return new Promise((resolve) => {
    const path = `/istio.mixer.v1.Mixer/${method}`;
    client.makeUnaryRequest(path, same, same, Buffer.from(bytes), (error: ServiceError | null, body?: Buffer) => {
      const none = Buffer.alloc(0);
      resolve(
        error === null
          ? { code: 0, details: '', body: body ?? none }
          : { code: error.code, details: error.details, body: none },
      );
    });
  });
}
