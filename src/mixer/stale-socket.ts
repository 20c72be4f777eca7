import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';

/**
 * Deletes a unix socket that nobody listens on any more, as left behind by a process that was killed. A live socket,
 * a regular file and a missing path are left alone; binding then says what is wrong.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return;
  if (await isLive(path)) return;
  // Somebody else may have deleted it meanwhile, which is just as well.
  await unlink(path).catch(() => undefined);
}

function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Only a refusal proves that nobody listens: a socket of another user says EACCES and must stay.
      resolve(error.code !== 'ECONNREFUSED');
    });
  });
}
