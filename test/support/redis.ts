import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { eventually, freePort, peer } from './peer.js';

/** For the options of a test that needs the real server. */
export const redisPeer = peer('redis-server', 'apt-get install redis-server');

/** A real redis-server of a test's own, on a free port of 127.0.0.1, with its files in a folder that goes with it. */
export class RedisProcess {
  readonly folder = mkdtempSync(join(tmpdir(), 'fairlead-redis-'));
  #child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    readonly options: readonly string[],
    readonly password: string | undefined,
  ) {}

  /** Starts one; `options` are those of redis-server's command line. Persistence is off unless they say otherwise. */
  static async start(options: readonly string[] = [], password?: string, port?: number): Promise<RedisProcess> {
    const server = new RedisProcess(port ?? (await freePort()), options, password);
    await server.start();
    return server;
  }

  /** Starts a sentinel that alone decides when the master `quotas` on that port is gone. */
  static async startSentinel(port: number, masterPort: number): Promise<RedisProcess> {
    const sentinel = new RedisProcess(port, [], undefined);
    const file = join(sentinel.folder, 'sentinel.conf');
    writeFileSync(
      file,
      [
        ...[`port ${port}`, 'bind 127.0.0.1', `dir ${sentinel.folder}`, 'sentinel resolve-hostnames no'],
        ...[`sentinel monitor quotas 127.0.0.1 ${masterPort} 1`, 'sentinel down-after-milliseconds quotas 500'],
        ...['sentinel failover-timeout quotas 3000', ''],
      ].join('\n'),
    );
    await sentinel.#spawn([file, '--sentinel']);
    return sentinel;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    await this.#spawn([
      ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder],
      ...['--save', '', '--daemonize', 'no', '--loglevel', 'warning', '--repl-diskless-sync-delay', '0'],
      ...(this.password === undefined ? [] : ['--requirepass', this.password]),
      ...this.options,
    ]);
  }

  async #spawn(args: readonly string[]): Promise<void> {
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      return (await this.run(['PING'])) === 'PONG' ? true : undefined;
    });
  }

  /** Ends the process: `SIGKILL` loses what is not on disk, `SIGSTOP` and `SIGCONT` only halt it. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  halt(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Runs one command on a connection of its own. */
  async run(command: readonly string[]): Promise<unknown> {
    const client = new Redis({
      ...{ host: '127.0.0.1', port: this.port, lazyConnect: true, retryStrategy: null, disableClientInfo: true },
      ...(this.password === undefined ? {} : { password: this.password }),
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return await client.call(command[0]!, ...command.slice(1));
    } finally {
      client.disconnect();
    }
  }

  /** Stops it and removes its files. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const clusterOptions = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'];

/** A cluster of so many masters, ready for commands. */
export async function startCluster(size = 3): Promise<readonly RedisProcess[]> {
  const nodes = await Promise.all(Array.from({ length: size }, () => RedisProcess.start(clusterOptions)));
  const slots = 16_384;
  for (const [index, node] of nodes.entries()) {
    const from = Math.floor((slots * index) / size);
    const to = Math.floor((slots * (index + 1)) / size) - 1;
    await node.run(['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)]);
    await node.run(['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
  }
  for (const node of nodes.slice(1)) await nodes[0]!.run(['CLUSTER', 'MEET', '127.0.0.1', String(node.port)]);
  for (const node of nodes) {
    await eventually(async () =>
      String(await node.run(['CLUSTER', 'INFO'])).includes('cluster_state:ok') ? true : undefined,
    );
    await eventually(async () => {
      const shards = (await node.run(['CLUSTER', 'SLOTS'])) as unknown[];
      return shards.length === size ? true : undefined;
    });
  }
  return nodes;
}

/** Adds a replica of one of a cluster's masters; it has all data, and all masters know of it. */
export async function addReplica(master: RedisProcess, masters: readonly RedisProcess[]): Promise<RedisProcess> {
  const replica = await RedisProcess.start(clusterOptions);
  const id = String(await master.run(['CLUSTER', 'MYID']));
  await replica.run(['CLUSTER', 'MEET', '127.0.0.1', String(master.port)]);
  // Until it has heard of the master this is an error.
  await eventually(() => replica.run(['CLUSTER', 'REPLICATE', id]));
  await eventually(async () =>
    String(await replica.run(['INFO', 'replication'])).includes('master_link_status:up') ? true : undefined,
  );
  for (const node of masters) {
    await eventually(async () =>
      String(await node.run(['CLUSTER', 'NODES'])).includes(`slave ${id}`) ? true : undefined,
    );
  }
  return replica;
}

/** A way to a server on which answers take as long as a test wants. */
export interface SlowProxy {
  readonly address: string;
  /** From now on each piece of an answer is held back for so long. */
  delay(millis: number): void;
  close(): Promise<void>;
}

/** Starts one on a port of its own. */
export async function startSlowProxy(port: number): Promise<SlowProxy> {
  let millis = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
    }
    near.pipe(far);
    let before: Promise<unknown> = Promise.resolve();
    far.on('data', (bytes) => {
      before = Promise.all([before, wait(millis)]).then(() => near.write(bytes));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    delay: (value) => {
      millis = value;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
