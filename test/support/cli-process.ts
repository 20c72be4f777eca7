import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { builtFile, nodeFlags } from './built.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const runner = [...nodeFlags, builtFile('src/cli/main.ts')];

// Longer than any command here takes: one that hangs must fail with what it wrote, not hold up the suite.
const [runMillis, waitMillis, stopMillis] = [120_000, 60_000, 30_000];

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...runner, ...args], { cwd: root, env: { ...process.env, NO_COLOR: '1', ...env } });
}

/** Runs the command line until it ends, with `env` over this process' environment. */
export function runCli(args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
  const child = start(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const insist = setTimeout(() => child.kill('SIGKILL'), runMillis);
  return new Promise((resolve) =>
    child.on('close', (code) => {
      clearTimeout(insist);
      resolve({ code, stdout, stderr });
    }),
  );
}

/** A command that stays up, such as `mixer`. */
export class RunningCli {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<CliResult>;
  readonly #waiting = new Set<() => void>();
  output = '';

  constructor(args: readonly string[]) {
    this.#child = start(args);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const look of [...this.#waiting]) look();
      });
    }
    this.#closed = new Promise((resolve) =>
      this.#child.on('close', (code) => {
        for (const look of [...this.#waiting]) look();
        resolve({ code, stdout: this.output, stderr: this.output });
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The first match in what was written so far or will be; rejects when the process ends without it. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(this.output);
        const isRunning = this.#child.exitCode === null && this.#child.signalCode === null;
        if (match === null && isRunning && Date.now() < end) return;
        this.#waiting.delete(look);
        clearTimeout(late);
        if (match !== null) resolve(match);
        else reject(new Error(`${isRunning ? 'still' : 'ended'} without ${String(pattern)}:\n${this.output}`));
      };
      const end = Date.now() + waitMillis;
      const late = setTimeout(look, waitMillis + 1);
      this.#waiting.add(look);
      look();
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to stop and waits for its end. */
  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<CliResult> {
    this.#child.kill(name);
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), stopMillis);
    const result = await this.#closed;
    clearTimeout(insist);
    if (this.#child.signalCode === 'SIGKILL' && name !== 'SIGKILL') throw new Error(`did not end:\n${this.output}`);
    return result;
  }

  ended(): Promise<CliResult> {
    return this.#closed;
  }
}
