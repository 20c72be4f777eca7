import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** A cluster of so many masters, ready for commands. */
export async function startCluster(size = 3): Promise<readonly RedisProcess[]> {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const nodes = await Promise.all(Array.from({ length: size }, () => RedisProcess.start(options)));
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
