import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const maxInMemory = 64;
const maxInFolder = 256;
const digestBytes = 32;
const ending = '.policy';

interface Recipe {
  /** Where results are kept between starts; the user's own cache when empty. */
  readonly folder: string;
  readonly create: () => Promise<Uint8Array>;
}

/**
 * Keeps what was compiled by the digest of its source: in memory, where those who want the same at the same time wait for
 * one compiler, and in a folder. The folder is only ever a help: one that cannot be read, written or trusted is as good
 * as none.
 */
export class CompileCache {
  readonly #memory = new Map<string, Promise<Uint8Array>>();

  /** What `create` gives for this key, now or earlier. Failures are not kept. */
  get(key: string, recipe: Recipe): Promise<Uint8Array> {
    const known = this.#memory.get(key);
    if (known !== undefined) {
      // Moves it to the young end of the map.
      this.#memory.delete(key);
      this.#memory.set(key, known);
      return known;
    }
    const made = obtain(key, recipe);
    this.#memory.set(key, made);
    made.catch(() => this.#memory.delete(key));
    for (const oldest of this.#memory.keys()) {
      if (this.#memory.size <= maxInMemory) break;
      this.#memory.delete(oldest);
    }
    return made;
  }
}

async function obtain(key: string, { folder, create }: Recipe): Promise<Uint8Array> {
  const place = await openFolder(folder);
  const kept = place === undefined ? undefined : await readKept(join(place, key + ending));
  if (kept !== undefined) return kept;
  const made = await create();
  if (place !== undefined) await keep(place, key, made);
  return made;
}

/** The folder, made if need be; undefined where others could put policies into it, or where there can be none. */
async function openFolder(folder: string): Promise<string | undefined> {
  try {
    const place = folder === '' ? join(homedir(), '.cache', 'fairlead', 'opa') : folder;
    await mkdir(place, { recursive: true, mode: 0o700 });
    const writableByOthers = 0o022;
    return ((await stat(place)).mode & writableByOthers) === 0 ? place : undefined;
  } catch {
    // A read-only file system, or a user without a home: policies are compiled at each start then.
    return undefined;
  }
}

async function readKept(file: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(file);
    const content = bytes.subarray(digestBytes);
    return digestOf(content).equals(bytes.subarray(0, digestBytes)) ? content : undefined;
  } catch {
    // Not there, or not readable: it is made anew.
    return undefined;
  }
}

async function keep(folder: string, key: string, content: Uint8Array): Promise<void> {
  const file = join(folder, key + ending);
  const draft = `${file}.${createHash('sha256').update(content).digest('hex').slice(0, 8)}.draft`;
  try {
    await writeFile(draft, Buffer.concat([digestOf(content), content]), { mode: 0o600 });
    await rename(draft, file);
    await prune(folder);
  } catch {
    // A full disk costs the next start a compilation, and this one nothing.
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Removes the files that were not written for longest, so that the folder does not grow with each edit of a policy. */
async function prune(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ending));
  if (names.length <= maxInFolder) return;
  const aged = await Promise.all(names.map(async (name) => ({ name, age: (await stat(join(folder, name))).mtimeMs })));
  aged.sort((a, b) => a.age - b.age);
  for (const { name } of aged.slice(0, names.length - maxInFolder)) await rm(join(folder, name), { force: true });
}

function digestOf(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
