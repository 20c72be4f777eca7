import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import { median } from '../result.js';
import { writeConfig } from './configs.js';
import { grpcFrame } from './workloads.js';
import { load, type ServerUnderTest, startEcho, startMixer } from './servers.js';

// How fast a process becomes depends on its start: what the compiler saw first, and where things lie in memory. So
// several pairs of processes are measured, and every round of every pair counts.
const starts = 5;
const roundsPerStart = 20;
/** Rounds' worth of calls before the first that counts, for the compiler. */
const warmUp = 8;

/** A configuration, and a message to load it with. */
export interface Workload {
  readonly name: string;
  readonly method: 'Check' | 'Report';
  readonly config: string;
  readonly message: Uint8Array;
  /** Calls of one round. */
  readonly calls: number;
}

interface Sample {
  readonly ours: number;
  readonly echo: number;
}

/** The bytes that a server answers to these bytes. */
function ask(port: number, method: string, message: Uint8Array): Promise<Buffer> {
  const client = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const identity = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/istio.mixer.v1.Mixer/${method}`,
      identity,
      identity,
      Buffer.from(message),
      (error, answer) => {
        client.close();
        if (error !== null) reject(error);
        else resolve(answer!);
      },
    );
  });
}

/** CPU microseconds of the server per call, over one burst of load. */
async function cost(
  server: ServerUnderTest,
  { method, calls }: Pick<Workload, 'method' | 'calls'>,
  payload: string,
): Promise<number> {
  const before = await server.cpu();
  load(server.port, method, { payload, count: calls });
  return ((await server.cpu()) - before) / calls;
}

/** Starts a mixer and an echo of its answer, and loads them in turn. */
async function measurePair(folder: string, workload: Workload): Promise<Sample[]> {
  const { name, method, config, message, calls } = workload;
  const payload = join(folder, `${name}.bin`);
  writeFileSync(payload, grpcFrame(message));
  const mixer = await startMixer(writeConfig(folder, name, config), '/dev/null');
  const answer = await ask(mixer.port, method, message);
  const answers = join(folder, `${name}.json`);
  writeFileSync(answers, JSON.stringify({ [method]: answer.toString('base64') }));
  const echo = await startEcho(answers);
  const samples: Sample[] = [];
  try {
    for (const server of [mixer, echo]) await cost(server, { method, calls: calls * warmUp }, payload);
    for (let round = 0; round < roundsPerStart; round++) {
      samples.push({ ours: await cost(mixer, workload, payload), echo: await cost(echo, workload, payload) });
    }
  } finally {
    await Promise.all([mixer.stop(), echo.stop()]);
  }
  return samples;
}

/** Medians over all rounds of all starts: of each in CPU microseconds a call, and of the ratio within a round. */
export async function compare(folder: string, workload: Workload): Promise<Sample & { readonly ratio: number }> {
  const samples: Sample[] = [];
  for (let start = 0; start < starts; start++) samples.push(...(await measurePair(folder, workload)));
  return {
    ours: median(samples.map((sample) => sample.ours)),
    echo: median(samples.map((sample) => sample.echo)),
    ratio: median(samples.map((sample) => sample.ours / sample.echo)),
  };
}

/** Runs with a folder of its own. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
