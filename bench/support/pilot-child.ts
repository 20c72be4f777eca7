// A Pilot in a process of its own, with a mesh that exists only here: pilot-child.ts {"services":1000}
import grpc from '@grpc/grpc-js';
import type { LoadResult } from '../../src/config/index.js';
import { addXdsService } from '../../src/pilot/index.js';
import { ServiceTable } from '../../src/pilot/registry/service-table.js';
import { keyOf, type TrackedRegistry } from '../../src/pilot/registry/tracked-registry.js';
import { systemPilotEnv } from '../../src/pilot/server/env.js';
import { builtInFlavours, type FlavourBuilder, type Flavours } from '../../src/pilot/server/flavours.js';
import { createPilot } from '../../src/pilot/server/pilot.js';
import type { Snapshot } from '../../src/pilot/xds/index.js';
import { configAt, type MeshSize, serviceAt } from './mesh.js';

const size = JSON.parse(process.argv[2] ?? '') as MeshSize;
const now = (): number => performance.timeOrigin + performance.now();

const table = new ServiceTable();
const keyAt = (at: number): string => keyOf(serviceAt(at).service);
table.update(Array.from({ length: size.services }, (_, at) => [keyAt(at), serviceAt(at)] as const));
const registry: TrackedRegistry = {
  name: 'bench',
  get instanceCount() {
    return table.instanceCount;
  },
  keys: () => table.keys(),
  get: (key) => table.get(key),
  services: () => table.services(),
  instances: () => table.instances(),
  onChange: (listener) => table.onChange(listener),
};

let state: LoadResult = { resources: configAt(size), diagnostics: [] };
const listeners = new Set<(state: LoadResult) => void>();
const store = {
  current: () => state,
  onChange(listener: (state: LoadResult) => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** The first snapshot of a push is made whole at once, so that it can be told when all that views share is there. */
const builds: { cpu: NodeJS.CpuUsage }[] = [];
/** When the configuration was there; after that nothing is done until the push begins. */
let began = process.cpuUsage();
function eager(builder: FlavourBuilder): FlavourBuilder {
  return {
    ...builder,
    build(view, options) {
      const snapshot: Snapshot = builder.build(view, options);
      const all = ['cluster', 'endpoints', 'listener', 'route'] as const;
      if (builds.length === 0)
        for (const kind of all) for (const name of snapshot[kind].keys()) snapshot[kind].get(name);
      builds.push({ cpu: process.cpuUsage() });
      return snapshot;
    },
  };
}
const flavours = Object.fromEntries(
  Object.entries(builtInFlavours).map(([name, builder]) => [name, eager(builder)]),
) as Flavours;
const env = { ...systemPilotEnv({ info: () => undefined, warn: console.error }), now };
const limits = { quietMillis: 20, requests: { burst: 100_000, perSecond: 100_000 } };
const pilot = createPilot({ store, registries: [registry], env, version: 'bench', flavours, limits });

const server = new grpc.Server({ 'grpc.max_receive_message_length': 64 << 20 });
addXdsService(server, pilot.xds);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.send!({ port });
});

/** What the benchmark asks for; every answer says when the last push began and what was made since the question. */
type Question = { readonly do: 'full' | 'endpoints' | 'state' | 'gc'; readonly step: number };
process.on('message', ({ do: what, step }: Question) => {
  if (what === 'gc') globalThis.gc?.();
  if (what !== 'state') builds.length = 0;
  if (what === 'full') {
    state = { resources: configAt(size, step), diagnostics: [] };
    began = process.cpuUsage();
    for (const listener of listeners) listener(state);
  }
  if (what === 'endpoints') table.update([[keyAt(step), serviceAt(step, step + 1)]]);
  process.send!({
    pushedAt: pilot.lastPush.at,
    began,
    builds,
    cpu: process.cpuUsage(),
    memory: process.memoryUsage(),
    problems: [...pilot.problems].slice(0, 3),
  });
});
process.once('disconnect', () => process.exit());
