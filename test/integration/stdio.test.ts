import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Duration, Timestamp, type Value } from 'fairlead/sdk';
import { createMixer, type Mixer } from '../../src/index.js';
import { eventually } from '../support/peer.js';
import { tempFolder } from '../support/temp-folder.js';

type Line = Readonly<Record<string, unknown>>;

const config = (...params: readonly string[]): string =>
  `
kind: instance
metadata: { name: log, namespace: istio-system }
spec:
  compiledTemplate: logentry
  params:
    severity: '"info"'
    timestamp: request.time
    variables:
      path: request.path | ""
      code: response.code | 0
      latency: response.duration | "0ms"
      labels: source.labels | emptyStringMap()
      address: source.ip | ip("0.0.0.0")
      ended: response.time | timestamp("2017-01-01T00:00:00Z")
${params
  .map(
    (one, index) => `---
kind: handler
metadata: { name: h${index}, namespace: istio-system }
spec: { compiledAdapter: stdio, params: { outputAsJson: true, ${one} } }
---
kind: rule
metadata: { name: r${index}, namespace: istio-system }
spec: { actions: [ { handler: h${index}, instances: [ log ] } ] }
`,
  )
  .join('')}`;

async function withMixer(yaml: string, work: (mixer: Mixer) => Promise<void>): Promise<void> {
  const mixer = await createMixer({ config: { yaml } });
  try {
    assert.deepEqual(mixer.diagnostics, []);
    await work(mixer);
  } finally {
    await mixer.close();
  }
}

const linesOf = (file: string): Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
const codesOf = (file: string): unknown[] => linesOf(file).map(({ code }) => code);
const request = (code: number) => ({ 'request.time': new Timestamp(1_767_225_600, 0), 'response.code': BigInt(code) });
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('stdio in a mixer', () => {
  const folder = tempFolder();
  const pathOf = (name: string): string => join(folder, name);

  it('writes one line for each entry, whatever a request says', async () => {
    const file = pathOf('hostile.log');
    const odd: readonly Readonly<Record<string, Value>>[] = [
      { 'request.path': `"\u2028\\\n\t\u0000{}\ud800${'ä'.repeat(2 ** 20)}` },
      { 'request.time': new Timestamp(-62_167_219_200, 0), 'response.time': new Timestamp(-62_135_596_800, 999) },
      { 'request.time': new Timestamp(253_402_300_799, 999_999_999) },
      { 'response.code': -(2n ** 63n), 'response.duration': new Duration(-315_576_000_000, 0) },
      { 'source.labels': new Map([...['__proto__', 'a"b', ''].map((key) => [key, 'v\n'] as const)]) },
      { 'source.ip': new Uint8Array(3) },
    ];
    await withMixer(config(`logStream: FILE, outputPath: "${file}"`), async (mixer) => {
      for (const one of odd) await mixer.report([{ ...request(200), ...one }]);
    });
    const lines = linesOf(file);
    assert.equal(lines.length, odd.length);
    assert.equal((lines[0]!['path'] as string).length, 2 ** 20 + 9);
    assert.equal(lines[1]!['time'], '0000-01-01T00:00:00.000000Z');
    assert.equal(lines[1]!['ended'], '0001-01-01T00:00:00.000000Z');
    assert.equal(lines[2]!['time'], '9999-12-31T23:59:59.999999Z');
    assert.match(readFileSync(file, 'utf8'), /"code":-9223372036854775808,/);
    assert.deepEqual(Object.entries(lines[4]!['labels'] as object).sort(), [
      ['', 'v\n'],
      ['__proto__', 'v\n'],
      ['a"b', 'v\n'],
    ]);
  });

  it('loses no line when its file is moved away, and goes on in a new one', async () => {
    const [file, moved] = [pathOf('moved.log'), pathOf('moved.log.1')];
    let count = 0;
    await withMixer(config(`logStream: FILE, outputPath: "${file}"`), async (mixer) => {
      const report = async (): Promise<void> => mixer.report([request(count++)]);
      await report();
      await eventually(() => Promise.resolve(statSync(file).size > 0 || undefined));
      renameSync(file, moved);
      await eventually(async () => {
        await report();
        return (existsSync(file) && statSync(file).size > 0) || undefined;
      });
    });
    assert.deepEqual([...codesOf(moved), ...codesOf(file)], upTo(count));
  });

  it('costs lines, not requests, when the disk is full, and resumes', { skip: !existsSync('/dev/full') }, async () => {
    const [file, other] = [pathOf('full.log'), pathOf('other.log')];
    symlinkSync('/dev/full', file);
    const yaml = config(`logStream: FILE, outputPath: "${file}"`, `logStream: FILE, outputPath: "${other}"`);
    let count = 0;
    let told = 0;
    await withMixer(yaml, async (mixer) => {
      const report = (): Promise<void> =>
        mixer.report([request(count++)]).catch((error: unknown) => {
          assert.match(String(error), /could not write \d+ lines: ENOSPC/);
          told += 1;
        });
      const times: number[] = [];
      for (let round = 0; round < 500; round += 1) {
        const begin = performance.now();
        await report();
        times.push(performance.now() - begin);
        await new Promise((resolve) => setImmediate(resolve));
      }
      // Generous: the point is that nobody waits for the disk.
      const median = times.sort((a, b) => a - b)[250]!;
      assert.ok(median < 50, `${median} ms`);
      unlinkSync(file);
      await eventually(async () => {
        await report();
        return (existsSync(file) && statSync(file).size > 0) || undefined;
      });
    });
    assert.ok(told > 0);
    assert.deepEqual(codesOf(other), upTo(count));
    const written = codesOf(file) as number[];
    assert.deepEqual(written, upTo(count).slice(-written.length));
  });

  it('rotates a file at its size, with every line in one of the parts', async () => {
    const params = `logStream: ROTATED_FILE, outputPath: "${pathOf('sub/rotated.log')}", maxMegabytesBeforeRotation: 1`;
    await withMixer(config(params), async (mixer) => {
      for (let code = 0; code < 12; code += 1) {
        await mixer.report([{ ...request(code), 'request.path': 'x'.repeat(300_000) }]);
      }
    });
    const parts = readdirSync(pathOf('sub')).sort();
    assert.ok(parts.length >= 4, parts.join());
    for (const part of parts) assert.ok(statSync(pathOf(`sub/${part}`)).size <= 2 ** 20, part);
    const codes = parts.flatMap((part) => codesOf(pathOf(`sub/${part}`)) as number[]);
    assert.deepEqual(
      codes.sort((a, b) => a - b),
      upTo(12),
    );
  });
});

interface Said {
  readonly refused: number;
  readonly slowest: number;
}

/** Runs the child until it ends; its stream is read or left alone. */
async function runChild(stream: 'STDOUT' | 'STDERR', size: number, isRead: boolean) {
  const other = 'inherit';
  const child = fork(join(import.meta.dirname, '../support/stdio-child.ts'), [stream, String(size)], {
    stdio: ['ignore', stream === 'STDOUT' ? 'pipe' : other, stream === 'STDERR' ? 'pipe' : other, 'ipc'],
    execArgv: ['--import', 'tsx', '--conditions=fairlead-source'],
  });
  let text = '';
  if (isRead) (stream === 'STDOUT' ? child.stdout : child.stderr)?.on('data', (bytes) => (text += String(bytes)));
  let said: Said | undefined;
  child.on('message', (message) => (said = message as Said));
  try {
    // Without 'close', which waits for a stream that nobody reads.
    const [code] = (await once(child, isRead ? 'close' : 'exit', { signal: AbortSignal.timeout(30_000) })) as [number];
    return { code, text, said };
  } finally {
    child.kill('SIGKILL');
  }
}

describe('stdio on a stream of the process', { concurrency: 2 }, () => {
  it('writes every line', async () => {
    const { code, text, said } = await runChild('STDERR', 100, true);
    assert.deepEqual([code, said?.refused], [0, 0]);
    const lines = text.split('\n').filter((line) => line.startsWith('{"level"'));
    assert.equal(lines.length, 30);
  });

  it('drops lines, holds up nobody and ends when its reader hangs', async () => {
    const { code, said } = await runChild('STDOUT', 2 ** 20, false);
    assert.equal(code, 0);
    assert.ok(said!.refused >= 10 && said!.slowest < 10_000, JSON.stringify(said));
  });
});
