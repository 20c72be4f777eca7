import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A server in a process of its own, as the benchmarks see it. */
export interface ServerUnderTest {
  readonly port: number;
  /** User and system CPU time so far, in microseconds. */
  cpu(): Promise<number>;
  /** Memory in bytes; after a forced collection when asked. */
  memory(collect: boolean): Promise<NodeJS.MemoryUsage>;
  stop(): Promise<void>;
}

/** Starts `fairlead mixer` as built, on a configuration folder, and waits until it serves. */
export async function startMixer(
  configDir: string,
  logTo: string,
): Promise<ServerUnderTest & { readonly startLog: string }> {
  const args = ['--configStoreURL', `fs://${configDir}`, '--address', 'tcp://127.0.0.1:0'];
  const child = fork(
    join(root, 'dist/cli/main.js'),
    ['mixer', ...args, '--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0'],
    {
      execArgv: ['--expose-gc', '--import', join(import.meta.dirname, 'probe.mjs')],
      stdio: ['ignore', (await import('node:fs')).openSync(logTo, 'w'), 'pipe', 'ipc'],
    },
  );
  let log = '';
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (log.length < 1_000_000) log += text;
      const match = /serving Check and Report on tcp:\/\/127\.0\.0\.1:(\d+)/.exec(log);
      if (match !== null) resolve(Number(match[1]));
    });
    child.once('exit', () => reject(new Error(`the mixer ended: ${log}`)));
  });
  return { ...serverOf(child, port), startLog: log };
}

/** Starts the opponent: a grpc-js echo that answers each method of `answersFile` with fixed bytes. */
export async function startEcho(answersFile: string): Promise<ServerUnderTest> {
  const child = fork(join(import.meta.dirname, 'echo-child.mjs'), [answersFile], {
    execArgv: ['--import', join(import.meta.dirname, 'probe.mjs')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return serverOf(child, port);
}

function serverOf(child: ChildProcess, port: number): ServerUnderTest {
  const ask = async (what: string): Promise<{ cpu: NodeJS.CpuUsage; memory: NodeJS.MemoryUsage }> => {
    const answer = once(child, 'message');
    child.send(what);
    const [message] = (await answer) as [{ cpu: NodeJS.CpuUsage; memory: NodeJS.MemoryUsage }];
    return message;
  };
  return {
    port,
    async cpu() {
      const { cpu } = await ask('cpu');
      return cpu.user + cpu.system;
    },
    async memory(collect) {
      return (await ask(collect ? 'gc' : 'memory')).memory;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const hasH2load = spawnSync('h2load', ['--version']).status === 0;

/** Sends `count` calls from another process (h2load, or Node's http2 client where it is missing), all must succeed. */
export function load(port: number, method: string, { payload, count }: { payload: string; count: number }): void {
  const path = `/istio.mixer.v1.Mixer/${method}`;
  const output = hasH2load
    ? execFileSync(
        'h2load',
        [
          '-n',
          String(count),
          '-c',
          '4',
          '-m',
          '25',
          '-d',
          payload,
          '-H',
          'content-type: application/grpc',
          '-H',
          'te: trailers',
          `http://127.0.0.1:${port}${path}`,
        ],
        { encoding: 'utf8' },
      )
    : execFileSync(
        process.execPath,
        [join(import.meta.dirname, 'load-child.mjs'), String(port), path, payload, String(count)],
        { encoding: 'utf8' },
      );
  if (!output.includes(`${count} succeeded`)) throw new Error(`the load did not get through:\n${output}`);
}
