import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** What a push cost, and when it was where. */
export interface PushCost {
  /** From its beginning until the last client had the last of it, in milliseconds. */
  readonly all: number;
  /** CPU milliseconds until all that views share was made; undefined for what makes nothing. */
  readonly built: number | undefined;
  /** CPU milliseconds of the server, answers of the clients included. */
  readonly cpu: number;
  readonly bytes: number;
  /** How many snapshots were made. */
  readonly builds: number;
}

/** A server of xDS with its clients, each side in a process of its own. */
export interface XdsRig {
  /** Everything changes; clients get so many kinds of resources. */
  full(step: number): Promise<PushCost>;
  /** The endpoints of one service change. */
  endpoints(step: number): Promise<PushCost>;
  rss(): Promise<number>;
  /** Throws garbage away, so that the next figures have none of what came before. */
  collect(): Promise<void>;
  /** What clients get at first. */
  readonly first: PushCost;
  /** Leaves the last responses of a client in a folder. */
  keep(folder: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** What is served to whom. */
export interface XdsLoad {
  readonly flavour: 'grpc' | 'envoy';
  readonly services: number;
  readonly clients: number;
  /** The state of the world when left out. */
  readonly protocol?: 'sotw' | 'delta';
}

interface ServerState {
  readonly pushedAt: number;
  readonly began?: NodeJS.CpuUsage;
  readonly builds?: readonly { readonly cpu: NodeJS.CpuUsage }[];
  readonly cpu: NodeJS.CpuUsage;
  readonly memory: NodeJS.MemoryUsage;
  readonly streams?: number;
  readonly problems?: readonly string[];
}

interface Sight {
  readonly startedAt: number;
  readonly times: readonly number[];
  readonly bytes: number;
  readonly responses: number;
}

function start(script: string, options: unknown): ChildProcess {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--import', 'tsx', '--conditions=fairlead-source'],
  });
  running.add(child);
  child.once('exit', () => {
    throw new Error(`${script} has ended`);
  });
  return child;
}

async function ask<T>(child: ChildProcess, question: unknown): Promise<T> {
  const answer = once(child, 'message') as Promise<[T]>;
  child.send(question as object);
  return (await answer)[0];
}

async function end(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  running.delete(child);
}

const cpuOf = ({ cpu }: Pick<ServerState, 'cpu'>): number => (cpu.user + cpu.system) / 1000;

/** Waits for answers that are still on their way: until the server has nothing to do. */
async function settled(server: ChildProcess): Promise<ServerState> {
  let state = await ask<ServerState>(server, { do: 'state' });
  for (let turn = 0; turn < 50; turn += 1) {
    await delay(50);
    const before = state;
    state = await ask<ServerState>(server, { do: 'state' });
    if (cpuOf(state) - cpuOf(before) < IDLE) break;
  }
  return state;
}

/** CPU milliseconds within 50 that are the questions' own. */
const IDLE = 3;

/** Runs one change and measures what becomes of it. */
async function measure(
  server: ChildProcess,
  clients: ChildProcess,
  { question, kinds }: { readonly question: unknown; readonly kinds: number },
): Promise<PushCost> {
  const before = await ask<ServerState>(server, { do: 'state' });
  await ask(clients, { do: 'look', kinds });
  const sight = once(clients, 'message') as Promise<[Sight]>;
  const told = await ask<ServerState>(server, question);
  const [{ times, bytes }] = await sight;
  const after = await settled(server);
  const pushedAt = after.builds === undefined ? told.pushedAt : after.pushedAt;
  const [built] = after.builds ?? [];
  return {
    all: Math.max(...times) - pushedAt,
    built: built === undefined || after.began === undefined ? undefined : cpuOf(built) - cpuOf({ cpu: after.began }),
    cpu: cpuOf(after) - cpuOf(before),
    bytes,
    builds: after.builds?.length ?? 0,
  };
}

/** Starts a Pilot with its clients, and waits until each of these has everything. */
export async function startPilotRig(load: XdsLoad): Promise<XdsRig> {
  const server = start('pilot-child.ts', { services: load.services });
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const clients = start('xds-clients-child.ts', { ...load, port });
  await once(clients, 'message');
  const before = await ask<ServerState>(server, { do: 'state' });
  const { startedAt, times, bytes } = await ask<Sight>(clients, { do: 'connect', kinds: 4 });
  const state = await settled(server);
  const first: PushCost = {
    all: Math.max(...times) - startedAt,
    built: undefined,
    cpu: cpuOf(state) - cpuOf(before),
    bytes,
    builds: state.builds?.length ?? 0,
  };
  return {
    first,
    full: (step) => measure(server, clients, { question: { do: 'full', step }, kinds: 3 }),
    endpoints: (step) => measure(server, clients, { question: { do: 'endpoints', step }, kinds: 1 }),
    rss: async () => (await ask<ServerState>(server, { do: 'state' })).memory.rss,
    async collect() {
      await ask(server, { do: 'gc' });
      await settled(server);
    },
    async keep(folder) {
      mkdirSync(folder, { recursive: true });
      return (await ask<{ kept: string[] }>(clients, { do: 'keep', folder })).kept.map((k) => join(folder, `${k}.bin`));
    },
    async stop() {
      await Promise.all([end(server), end(clients)]);
    },
  };
}

/** Starts the opponent with the same clients; it writes what it is given. */
export async function startEchoRig(load: XdsLoad) {
  const server = start('xds-echo-child.ts', {});
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const clients = start('xds-clients-child.ts', { ...load, port });
  await once(clients, 'message');
  clients.send({ do: 'connect', kinds: 4 });
  while ((await ask<ServerState>(server, {})).streams !== load.clients) await delay(50);
  return {
    push: (files: readonly string[]) => measure(server, clients, { question: { files }, kinds: files.length }),
    async stop() {
      await Promise.all([end(server), end(clients)]);
    },
  };
}
