import { readFile, stat } from 'node:fs/promises';
import type { Env } from 'fairlead/sdk';
import type { KubernetesenvConfig } from './config.js';
import { ipKey, type IpKey, ipKeyOfText } from './ip-key.js';
import type { HeldRegistry, Registry } from './registry.js';
import { canonicalUid, createWorkload, podUid, type Workload } from './workload.js';
import { type ListedWorkload, maxFileBytes, type Mistake, parseWorkloads, type WorkloadList } from './workload-file.js';

const checkMillis = 1000;

/** Workloads by uid and by address, as a file lists them. */
class ListedRegistry implements Registry {
  readonly #byUid = new Map<string, Workload>();
  readonly #byIp = new Map<IpKey, Workload>();

  /** Uids and addresses must be different: the file has been checked. */
  constructor(list: readonly ListedWorkload[]) {
    for (const { facts, ips } of list) {
      const workload = createWorkload(facts);
      this.#byUid.set(podUid(facts.name, facts.namespace), workload);
      for (const ip of ips) this.#byIp.set(ip, workload);
    }
  }

  get size(): number {
    return this.#byUid.size;
  }

  byUid(uid: string): Workload | undefined {
    const found = this.#byUid.get(uid);
    if (found !== undefined) return found;
    const ip = ipKeyOfText(uid);
    if (ip !== undefined) return this.#byIp.get(ip);
    const canonical = canonicalUid(uid);
    return canonical === undefined ? undefined : this.#byUid.get(canonical);
  }

  byIp(ip: Uint8Array): Workload | undefined {
    const key = ipKey(ip);
    return key === undefined ? undefined : this.#byIp.get(key);
  }
}

/** Follows the file: a change is taken over when the whole of it is sound, until then the last good list stays. */
class FileRegistry implements Registry {
  #current: ListedRegistry;
  #stamp: string;
  #problem = '';

  private constructor(
    private readonly path: string,
    private readonly env: Env,
    first: { readonly registry: ListedRegistry; readonly stamp: string },
  ) {
    this.#current = first.registry;
    this.#stamp = first.stamp;
    env.schedule.every(checkMillis, () => this.#check());
  }

  /** Rejects with all mistakes when the file is not sound. */
  static async open(path: string, env: Env): Promise<FileRegistry> {
    const stamp = await stampOf(path);
    const { list, mistakes } = await readList(path);
    if (mistakes.length > 0) throw new Error(mistakes.map((mistake) => textOf(path, mistake)).join('; '));
    return new FileRegistry(path, env, { registry: new ListedRegistry(list), stamp });
  }

  get size(): number {
    return this.#current.size;
  }

  byUid(uid: string): Workload | undefined {
    return this.#current.byUid(uid);
  }

  byIp(ip: Uint8Array): Workload | undefined {
    return this.#current.byIp(ip);
  }

  async #check(): Promise<void> {
    const { env, path } = this;
    try {
      const stamp = await stampOf(path);
      if (stamp === this.#stamp) return;
      const { list, mistakes } = await readList(path);
      if (env.signal.aborted) return;
      // What changed while it was read is read again.
      this.#stamp = stamp;
      this.#problem = '';
      for (const { line, column, message } of mistakes) {
        env.log.error('workload list has a mistake, the last good one stays', { path, line, column, error: message });
      }
      if (mistakes.length > 0) return;
      this.#current = new ListedRegistry(list);
      env.log.info('workload list taken over', { path, workloads: list.length });
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      if (problem !== this.#problem)
        env.log.error('workload list cannot be read, the last one stays', { error: problem });
      this.#problem = problem;
    }
  }
}

/** Opens the configured file. */
export async function openFile({ workloadsPath }: KubernetesenvConfig, env: Env): Promise<HeldRegistry> {
  const registry = await FileRegistry.open(workloadsPath, env);
  return { registry, close: () => Promise.resolve() };
}

async function stampOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  if (size > maxFileBytes) throw new Error(`"${path}" is larger than ${maxFileBytes} bytes`);
  return `${mtimeMs} ${size} ${ino}`;
}

async function readList(path: string): Promise<WorkloadList> {
  return parseWorkloads(await readFile(path, 'utf8'));
}

function textOf(path: string, { line, column, message }: Mistake): string {
  return `${path}:${line}:${column}: ${message}`;
}
