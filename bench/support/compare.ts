import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import { median } from '../result.js';
import { writeConfig } from './configs.js';
import { grpcFrame } from './workloads.js';
import { load, type ServerUnderTest, startEcho, startMixer } from './servers.js';

const rounds = 7;
/** A configuration, and a message to load it with. */
export interface Workload {
  readonly name: string;
  readonly method: 'Check' | 'Report';
  readonly config: string;
  readonly message: Uint8Array;
  readonly calls: number;
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
async function cost(server: ServerUnderTest, { method, calls }: Workload, payload: string): Promise<number> {
  const before = await server.cpu();
  load(server.port, method, { payload, count: calls });
  return ((await server.cpu()) - before) / calls;
}

/** Mixer and echo in turn; medians of each in CPU microseconds a call, and of the ratio within a round. */
export async function compare(
  folder: string,
  workload: Workload,
): Promise<{ ours: number; echo: number; ratio: number }> {
  const payload = join(folder, `${workload.name}.bin`);
  writeFileSync(payload, grpcFrame(workload.message));
  const mixer = await startMixer(writeConfig(folder, workload.name, workload.config), '/dev/null');
  const answer = await ask(mixer.port, workload.method, workload.message);
  const answers = join(folder, `${workload.name}.json`);
  writeFileSync(answers, JSON.stringify({ [workload.method]: answer.toString('base64') }));
  const echo = await startEcho(answers);
  const samples: { ours: number; echo: number }[] = [];
  try {
    for (const server of [mixer, echo]) await cost(server, workload, payload);
    for (let round = 0; round < rounds; round++) {
      samples.push({ ours: await cost(mixer, workload, payload), echo: await cost(echo, workload, payload) });
    }
  } finally {
    await Promise.all([mixer.stop(), echo.stop()]);
  }
  return {
    ours: median(samples.map((s) => s.ours)),
    echo: median(samples.map((s) => s.echo)),
    ratio: median(samples.map((s) => s.ours / s.echo)),
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
