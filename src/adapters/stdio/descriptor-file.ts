import { write } from 'node:fs';

import type { Env } from 'fairlead/sdk';

import { LineWriter, type LogFile, type WriteSome } from './log-file.js';

/** How long to wait when a pipe is full: short against what its reader needs to notice. */
const retryMillis = 10;

/**
 * Standard output or error: never closed here, the process owns it. The stream objects of Node are avoided because
 * they write to pipes and files synchronously, which would stop all requests for a slow reader.
 */
export function openDescriptor(fd: number, env: Pick<Env, 'schedule' | 'signal'>): LogFile {
  return createDescriptorFile((bytes) => writeTo(fd, bytes), env);
}

/** As {@link openDescriptor}, over any writer. */
export function createDescriptorFile(writeSome: WriteSome, env: Pick<Env, 'schedule' | 'signal'>): LogFile {
  const writer = new LineWriter(async (bytes) => {
    for (;;) {
      try {
        return await writeSome(bytes);
      } catch (cause) {
        // The other end of a non-blocking pipe is slow. Once the handler is about to close nobody waits any longer.
        if (!isFull(cause) || env.signal.aborted) throw cause;
        await pause(env);
      }
    }
  });
  return { append: (bytes) => writer.write(bytes), close: () => Promise.resolve() };
}

function pause(env: Pick<Env, 'schedule' | 'signal'>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = env.schedule.after(retryMillis, finish);
    env.signal.addEventListener('abort', finish);
    function finish(): void {
      env.signal.removeEventListener('abort', finish);
      cancel();
      resolve();
    }
  });
}

function isFull(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EAGAIN';
}

function writeTo(fd: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}
