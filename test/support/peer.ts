import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

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

/** A port of 127.0.0.1 that was free a moment ago, for programs that cannot say which one they took. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Asks again until there is an answer, for at most `millis`. For programs that give no sign when they are ready. */
export async function eventually<T>(ask: () => Promise<T | undefined>, millis = 30_000): Promise<T> {
  const end = Date.now() + millis;
  for (;;) {
    const answer = await ask().catch(() => undefined);
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`no answer within ${millis} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
