import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

// Where scripts/peers.sh puts what no package has. Last on the PATH: what the machine has itself goes first. Programs that
// a test starts inherit it.
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
process.env['PATH'] = `${process.env['PATH'] ?? ''}${delimiter}${join(cache, 'fairlead-peers', 'bin')}`;

/**
 * A real program that a suite talks to. Its tests skip by name where it is not installed; where parts are required
 * (FAIRLEAD_REQUIRE_PEERS=1) they run all the same, and fail.
 */
export function peer(command: string, source: string): { readonly skip: string | false } {
  const found = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
  if (found || process.env['FAIRLEAD_REQUIRE_PEERS'] === '1') return { skip: false };
  return { skip: `${command} is not here (${source})` };
}

// Below what systems give to those who ask for any port, or another test would be given it before the program takes it;
// and with the port of Redis Cluster's bus, which is 10,000 higher.
const [lowestPort, portCount] = [10_240, 12_000];

/** A port of 127.0.0.1 that was free a moment ago, for programs that cannot say which one they took. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowestPort + randomInt(portCount);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Asks again until there is an answer, for at most `millis`. For programs that give no sign when they are ready. */
export async function eventually<T>(ask: () => Promise<T | undefined>, millis = 60_000): Promise<T> {
  const end = Date.now() + millis;
  let last: unknown;
  for (;;) {
    // One question that hangs must not make the whole hang.
    const answer = await Promise.race([
      ask(),
      delay(Math.max(0, end - Date.now()) + 100, undefined, { ref: false }),
    ]).catch((error: unknown) => void (last = error));
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`no answer within ${millis} ms`, { cause: last });
    await delay(50);
  }
}
