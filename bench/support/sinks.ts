import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Where telemetry goes, in a process of its own so that its work is not counted. */
export interface Sinks {
  readonly fluentd: number;
  readonly otlp: number;
  /** Bytes that have arrived so far. */
  received(): Promise<{ readonly fluentd: number; readonly otlp: number }>;
  stop(): Promise<void>;
}

/** How backends behave: they read and answer, they take connections and no more, or nobody is there. */
export type Health = 'well' | 'hanging' | 'dead';

/** Starts backends on ports of their own. */
export async function startSinks(health: Health): Promise<Sinks> {
  if (health === 'dead') {
    const [fluentd, otlp] = [await closedPort(), await closedPort()];
    return { fluentd, otlp, received: () => Promise.resolve({ fluentd: 0, otlp: 0 }), stop: () => Promise.resolve() };
  }
  const child = fork(join(import.meta.dirname, 'sink-child.mjs'), [health], { execArgv: [] });
  const [ports] = (await once(child, 'message')) as [{ fluentd: number; otlp: number }];
  return {
    ...ports,
    async received() {
      const answer = once(child, 'message');
      child.send('received');
      const [message] = (await answer) as [{ received: { fluentd: number; otlp: number } }];
      return message.received;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A port of 127.0.0.1 at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
