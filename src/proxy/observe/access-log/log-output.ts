import { write } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { ProxyEnv } from '../../env.js';

/** Where log lines go. */
export interface LogOutput {
  /** Takes whole lines, and writes them soon, many at once. */
  write(text: string): void;
}

/** Writes all bytes; rejects when they are not all there. */
export interface LogSink {
  append(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

const retryMillis = 10;
/** How often to look whether the file is still the one at its path. */
const checkMillis = 1000;
const descriptors: ReadonlyMap<string, number> = new Map([
  ['/dev/stdout', 1],
  ['/dev/stderr', 2],
]);

/** Standard output or error, which stay open, or a file. */
export function createLogSink(path: string, env: ProxyEnv): LogSink {
  const descriptor = descriptors.get(path);
  return descriptor === undefined ? new FileSink(path, env) : createDescriptorSink(descriptor, env);
}

/** The stream objects of Node are avoided because they write to pipes synchronously, which stops all requests. */
function createDescriptorSink(descriptor: number, env: ProxyEnv): LogSink {
  let closing = false;
  return {
    append: async (bytes) => {
      for (let at = 0; at < bytes.length;) {
        at += await writeSome(descriptor, bytes.subarray(at)).catch(async (cause: unknown) => {
          // The other end of the pipe is slow; at the end nobody waits for it.
          if ((cause as NodeJS.ErrnoException).code !== 'EAGAIN' || closing) throw cause;
          await new Promise<void>((resolve) => void env.after(retryMillis, resolve));
          return 0;
        });
      }
    },
    close: () => {
      closing = true;
      return Promise.resolve();
    },
  };
}

/** A file that is opened anew when somebody moved or deleted it. */
class FileSink implements LogSink {
  readonly #path: string;
  readonly #env: ProxyEnv;
  #handle: FileHandle | undefined;
  #inode = 0;
  #checked = 0;

  constructor(path: string, env: ProxyEnv) {
    this.#path = path;
    this.#env = env;
  }

  async append(bytes: Buffer): Promise<void> {
    const handle = await this.#open();
    await handle.appendFile(bytes);
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #open(): Promise<FileHandle> {
    const now = this.#env.monotonic();
    if (this.#handle !== undefined && now - this.#checked < checkMillis) return this.#handle;
    this.#checked = now;
    if (this.#handle !== undefined && (await this.#inodeAtPath()) === this.#inode) return this.#handle;
    await this.close();
    const handle = await open(this.#path, 'a', 0o644);
    this.#handle = handle;
    this.#inode = (await handle.stat()).ino;
    return handle;
  }

  /** Whatever is wrong with it, opening it will either work or tell. */
  #inodeAtPath(): Promise<number | undefined> {
    return stat(this.#path).then(
      ({ ino }) => ino,
      () => undefined,
    );
  }
}

function writeSome(descriptor: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(descriptor, bytes, (error, written) => {
      if (error === null) resolve(written);
      else reject(error);
    });
  });
}
