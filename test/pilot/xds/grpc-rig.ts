import {
  Client,
  credentials,
  Metadata,
  Server,
  type ServiceDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';
import { createFileRegistry, createModel, type Model } from '../../../src/pilot/index.js';
import { buildGrpcSnapshot, type GrpcSnapshot } from '../../../src/pilot/build/grpc/index.js';
import {
  addXdsService,
  createXdsServer,
  proxyOfNode,
  type XdsObserver,
  type XdsServer,
} from '../../../src/pilot/xds/index.js';
import { storeOf } from '../support.js';
import { bind, type Bound, realEnv } from './net.js';

register();

// The client's waits for resources (15 s) and for priorities (10 s) go on after its end, and keep the process alive.
const realTimeout = globalThis.setTimeout;
globalThis.setTimeout = ((work: () => void, millis?: number, ...rest: []) => {
  const timer = realTimeout(work, millis, ...rest);
  return millis === 15_000 || millis === 10_000 ? timer.unref() : timer;
}) as typeof globalThis.setTimeout;

const asIs = (value: Buffer): Buffer => value;
const definition: ServiceDefinition = {
  ask: {
    path: '/test.Echo/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  },
};

/** A service that answers with its name; `slow` calls are never answered, `broken` says to fail. */
export function startEcho(name: string, behaviour: { broken?: boolean; slow?: boolean } = {}): Promise<Bound> {
  const server = new Server();
  server.addService(definition, {
    ask(_call: unknown, callback: (error: Partial<ServiceError> | null, answer?: Buffer) => void) {
      if (behaviour.slow === true) return;
      if (behaviour.broken === true) callback({ code: status.INTERNAL, details: 'broken' });
      else callback(null, Buffer.from(name));
    },
  });
  return bind(server);
}

/** A Pilot for gRPC clients, whose configuration is a text. */
export interface TestPilot {
  readonly server: XdsServer;
  readonly port: number;
  /** What clients rejected. */
  readonly rejections: readonly string[];
  readonly problems: readonly string[];
  set(yaml: string): void;
  /** Whether all clients have acknowledged the last change. */
  isSettled(): boolean;
  stop(): Promise<void>;
}

export async function startPilot(yaml: string): Promise<TestPilot> {
  const store = storeOf(yaml);
  const registries = [createFileRegistry(store)];
  const make = (former?: Model): Model => createModel({ resources: store.current().resources, registries, former });
  let model = make();
  let pushes = 0;
  let isChanged = false;
  const snapshots = new Map<string, { readonly push: number; readonly snapshot: GrpcSnapshot }>();
  const rejections: string[] = [];
  const problems: string[] = [];
  const observer: XdsObserver = { rejected: (_kind, _proxy, message) => rejections.push(message) };
  const server = createXdsServer({
    env: realEnv(),
    observer,
    limits: { quietMillis: 20 },
    refresh(change) {
      model = make(model);
      pushes += 1;
      isChanged = false;
      return change;
    },
    snapshotFor(node) {
      const proxy = proxyOfNode(node);
      const key = JSON.stringify([proxy.namespace, [...proxy.labels], proxy.locality]);
      const known = snapshots.get(key);
      if (known?.push === pushes) return known.snapshot;
      const options = {
        version: String(pushes),
        former: known?.snapshot,
        onProblem: (text: string) => problems.push(text),
      };
      const snapshot = buildGrpcSnapshot(model.viewFor(proxy), options);
      snapshots.set(key, { push: pushes, snapshot });
      return snapshot;
    },
  });
  const grpc = new Server();
  addXdsService(grpc, server);
  const { port } = await bind(grpc);
  return {
    server,
    port,
    rejections,
    problems,
    isSettled: () =>
      !isChanged && server.proxies().every(({ kinds }) => kinds.every(({ sent, acked }) => sent === acked)),
    set(text) {
      isChanged = true;
      store.set(text);
      server.notify({ kind: 'full' });
    },
    stop() {
      server.close();
      grpc.forceShutdown();
      return Promise.resolve();
    },
  };
}

/** What became of a call. */
export interface Outcome {
  readonly code: status;
  readonly text: string;
  readonly millis: number;
}

/** A client of the library that knows nothing of us. */
export interface XdsClient {
  ask(headers?: Record<string, string>, deadlineMillis?: number): Promise<Outcome>;
  close(): void;
}

export function connectXds(target: string, xdsPort: number, metadata: Record<string, unknown> = {}): XdsClient {
  const bootstrap = {
    xds_servers: [
      { server_uri: `127.0.0.1:${xdsPort}`, channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] },
    ],
    node: { id: 'sidecar~10.0.0.1~client.default~default.svc.cluster.local', locality: {}, metadata },
  };
  const client = new Client(`xds:///${target}`, credentials.createInsecure(), {
    'grpc.TEST_ONLY_DO_NOT_USE_IN_PROD.xds_bootstrap_config': JSON.stringify(bootstrap),
    'grpc.use_local_subchannel_pool': 1,
  });
  return {
    ask(headers = {}, deadlineMillis = 60_000) {
      const metadataOfCall = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadataOfCall.set(name, value);
      const from = performance.now();
      return new Promise((resolve) => {
        const options = { deadline: Date.now() + deadlineMillis };
        client.makeUnaryRequest(
          '/test.Echo/Ask',
          asIs,
          asIs,
          Buffer.alloc(0),
          metadataOfCall,
          options,
          (error: ServiceError | null, answer?: Buffer) => {
            const millis = performance.now() - from;
            resolve({ code: error?.code ?? status.OK, text: error?.details ?? String(answer), millis });
          },
        );
      });
    },
    close() {
      client.close();
    },
  };
}
