import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { ProxyConfig } from '../../gen/fairlead/proxy/v1/config.js';
import type { ProxyEnv } from '../env.js';

/** The last good configuration on disk, for a start while no server can be reached. */
export interface ConfigCache {
  /** What is there for this proxy; undefined for nothing, or nothing that can be used, which is told. */
  read(): Promise<ProxyConfig | undefined>;
  /** Keeps a configuration soon: of many in a row the last. */
  keep(config: ProxyConfig): void;
  /** Writes what is still to be written. */
  close(): Promise<void>;
}

/** Where the configuration of which proxy is kept. */
export interface CacheOptions {
  readonly file: string;
  /** Of the node: another proxy's configuration is of no use. */
  readonly nodeId: string;
  readonly env: Pick<ProxyEnv, 'after' | 'log'>;
  /** A larger one is neither written nor read; 64 MiB when left out. */
  readonly maxBytes?: number;
}

const format = 'fairlead-proxy-config 1';
// Endpoints may come and go all the time; the disk need not follow at once.
const restMillis = 5000;
const defaultMaxBytes = 64 * 1024 * 1024;

/** Opens the cache; nothing is read or written yet. */
export function openConfigCache({ file, nodeId, env, maxBytes = defaultMaxBytes }: CacheOptions): ConfigCache {
  let waiting: ProxyConfig | undefined;
  let cancelRest: (() => void) | undefined;
  let writing: Promise<void> = Promise.resolve();
  const flush = (): void => {
    const config = waiting;
    waiting = cancelRest = undefined;
    if (config === undefined) return;
    cancelRest = env.after(restMillis, flush);
    writing = writing
      .then(() => write(file, pack(config, nodeId, maxBytes)))
      .catch((error: unknown) => {
        env.log.warn('the configuration could not be kept on disk', { file, error: String(error) });
      });
  };
  return {
    async read() {
      try {
        return unpack(await readBounded(file, maxBytes), nodeId);
      } catch (error) {
        const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT';
        if (!isAbsent) env.log.warn('the configuration on disk is of no use', { file, error: String(error) });
        return undefined;
      }
    },
    keep(config) {
      waiting = config;
      if (cancelRest === undefined) flush();
    },
    async close() {
      cancelRest?.();
      flush();
      cancelRest?.();
      await writing;
    },
  };
}

/** One line that says what it is, and the message. */
function pack(config: ProxyConfig, nodeId: string, maxBytes: number): Buffer {
  const payload = ProxyConfig.encode(config).finish();
  if (payload.length > maxBytes) throw new Error(`it has ${payload.length} bytes, and ${maxBytes} are allowed`);
  return Buffer.concat([Buffer.from(`${format} ${checksumOf(payload, nodeId)}\n`), payload]);
}

function unpack(bytes: Buffer, nodeId: string): ProxyConfig {
  const end = bytes.indexOf('\n');
  const head = bytes.toString('latin1', 0, Math.max(0, end));
  if (!head.startsWith(`${format} `)) throw new Error('it is in no known format');
  const payload = bytes.subarray(end + 1);
  if (head !== `${format} ${checksumOf(payload, nodeId)}`) {
    throw new Error('its checksum does not fit: it is damaged, or another proxy wrote it');
  }
  return ProxyConfig.decode(payload);
}

function checksumOf(payload: Uint8Array, nodeId: string): string {
  return createHash('sha256').update(nodeId).update('\0').update(payload).digest('hex');
}

async function readBounded(file: string, maxBytes: number): Promise<Buffer> {
  const { size } = await stat(file);
  if (size > maxBytes + 1024) throw new Error(`it has ${size} bytes, and ${maxBytes} are allowed`);
  return readFile(file);
}

/** A reader finds the former file or the new one, never a part. */
async function write(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
