import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A `fairlead mixer` in a process of its own, with its flags, and with its own word on how it does. */
export interface TelemetryMixer {
  readonly port: number;
  /** User and system CPU time so far, in microseconds. */
  cpu(): Promise<number>;
  /** Memory in bytes; after a forced collection when asked. */
  memory(collect: boolean): Promise<NodeJS.MemoryUsage>;
  /** Samples of its monitoring port by what stands before the value, of those whose name begins so. */
  monitored(prefix: string): Promise<ReadonlyMap<string, number>>;
  /** Scrapes what the prometheus adapter exposes, and gives its length in bytes. */
  scrape(): Promise<number>;
  stop(): Promise<void>;
}

interface Usage {
  readonly cpu: NodeJS.CpuUsage;
  readonly memory: NodeJS.MemoryUsage;
}

/** Starts it as built, on a configuration folder, and waits until it serves. What it logs on standard output is lost. */
export async function startTelemetryMixer(configDir: string, flags: readonly string[] = []): Promise<TelemetryMixer> {
  const ports = ['--address', 'tcp://127.0.0.1:0', '--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0'];
  const child = fork(
    join(root, 'dist/cli/main.js'),
    ['mixer', '--configStoreURL', `fs://${configDir}`, ...ports, ...flags],
    {
      execArgv: ['--expose-gc', '--import', join(import.meta.dirname, 'probe.mjs')],
      stdio: ['ignore', openSync('/dev/null', 'w'), 'pipe', 'ipc'],
    },
  );
  let log = '';
  const find = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(log);
        if (match !== null) resolve(match[1]!);
      };
      child.stderr?.on('data', look);
      child.once('exit', () => reject(new Error(`the mixer ended: ${log}`)));
      look();
    });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (log.length < 100_000) log += text;
  });
  const found = [
    find(/serving Check and Report on tcp:\/\/127\.0\.0\.1:(\d+)/),
    find(/serving monitoring on (http:\S+)/),
    find(/serving metrics on (http:\S+)/),
  ];
  const [port, monitoring, metrics] = (await Promise.all(found)) as [string, string, string];
  const ask = async (what: string): Promise<Usage> => {
    const answer = once(child, 'message');
    child.send(what);
    return ((await answer) as [Usage])[0];
  };
  return {
    port: Number(port),
    async cpu() {
      const { cpu } = await ask('cpu');
      return cpu.user + cpu.system;
    },
    memory: async (collect) => (await ask(collect ? 'gc' : 'memory')).memory,
    async monitored(prefix) {
      const text = await (await fetch(new URL('/metrics', monitoring))).text();
      const lines = text.split('\n').filter((line) => line.startsWith(prefix));
      return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
    },
    scrape: async () => (await (await fetch(metrics)).arrayBuffer()).byteLength,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
