import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

// How long a program that was asked to end may take. One that does not is killed: a test must never wait for it.
const patienceMillis = 5000;

/** A real program that a test started. Its end is known from the start, whenever it comes. */
export class Program {
  readonly child: ChildProcess;
  /** The last of what it wrote. */
  output = '';
  readonly #ended: Promise<void>;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output = (this.output + text).slice(-10_000)));
    this.#ended = once(this.child, 'exit').then(
      () => undefined,
      (error: unknown) => void (this.output += String(error)),
    );
  }

  /** Throws what it wrote when it has ended: for those who wait until it is ready. */
  assertRunning(): void {
    const { exitCode, signalCode, spawnfile, pid } = this.child;
    if (pid !== undefined && exitCode === null && signalCode === null) return;
    throw new Error(`${spawnfile} ended with ${exitCode ?? signalCode ?? 'no start'}:\n${this.output}`);
  }

  /** Asks it to end, insists after a while, and waits for it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    const insist = setTimeout(() => this.child.kill('SIGKILL'), patienceMillis);
    await this.#ended;
    clearTimeout(insist);
  }
}
