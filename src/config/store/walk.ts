import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../../util/diagnostics.js';

/** A file to read. */
export interface FoundFile {
  /** The name it was found by: the root as given, and the way from there. */
  readonly path: string;
  /** Changes when the file does, unless within the clock tick of the file system. */
  readonly stamp: string;
  readonly size: number;
}

/** What a walk found. */
export interface Walk {
  /** The path as given, normalised. */
  readonly root: string;
  /** False when there is nothing at the root (or it cannot be looked at; then `problems` says so). */
  readonly present: boolean;
  /** Real folders and files to watch: each by its path, with a text that differs when another takes its name. */
  readonly watch: ReadonlyMap<string, string>;
  readonly files: readonly FoundFile[];
  /** What could not be looked at; `file` is a prefix of what may be behind it. */
  readonly problems: readonly Diagnostic[];
}

const extension = /\.(?:ya?ml|json)$/;

/**
 * Lists the configuration files below a folder in lexical order, or the one file that the root is. Symbolic links are
 * followed, each file and folder is visited once, and names that start with a dot are passed over: the real files of
 * a mounted ConfigMap lie in such a folder, and are reached by links beside it.
 */
export async function walk(path: string): Promise<Walk> {
  const root = join(path).replace(/(.)\/$/, '$1');
  const walker = new Walker();
  let stats: Stats;
  try {
    stats = await stat(root);
  } catch (error) {
    const problems = isMissing(error) ? [] : [unreadable(root, error)];
    return { root, present: false, watch: new Map(), files: [], problems };
  }
  if (stats.isDirectory()) await walker.visitFolder(root);
  else if (stats.isFile()) await walker.addFile(root, stats);
  else walker.problems.push(unreadable(root, new Error('neither a file nor a folder')));
  const { files, problems, watch } = walker;
  // A root that went away during the walk has vanished; its files have not been deleted one by one.
  if (!(await exists(root))) return { root, present: false, watch: new Map(), files: [], problems: [] };
  return { root, present: true, watch, files, problems };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => !isMissing(error),
  );
}

/** The finding about a file or folder that cannot be read. */
export function unreadable(file: string, error: unknown): Diagnostic {
  const reason = error instanceof Error ? error.message : String(error);
  return { severity: 'error', code: 'FILE_UNREADABLE', message: `cannot be read: ${reason}`, file };
}

/** True when a file system error says that nothing has this name. */
export function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

class Walker {
  readonly files: FoundFile[] = [];
  readonly problems: Diagnostic[] = [];
  readonly watch = new Map<string, string>();
  private readonly visited = new Set<string>();

  async visitFolder(path: string): Promise<void> {
    try {
      const real = await this.visit(path);
      if (real === undefined) return;
      this.watch.set(real, identify(await stat(real)));
      const entries = await readdir(path, { withFileTypes: true });
      entries.sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of entries) {
        if (entry.name.startsWith('.')) continue;
        const child = join(path, entry.name);
        if (entry.isDirectory()) await this.visitFolder(child);
        else if (entry.isFile()) await this.visitFile(child, join(real, entry.name));
        else if (entry.isSymbolicLink()) await this.visitFile(child, undefined);
      }
    } catch (error) {
      // A folder deleted during the walk is no longer there; that is no failure.
      if (!isMissing(error)) this.problems.push(unreadable(path, error));
    }
  }

  /** `real` is undefined for a link. */
  private async visitFile(path: string, real: string | undefined): Promise<void> {
    if (real !== undefined && !extension.test(path)) return;
    try {
      const stats = await stat(path);
      if (stats.isDirectory()) await this.visitFolder(path);
      else if (stats.isFile() && extension.test(path)) await this.addFile(path, stats, real);
    } catch (error) {
      // A link that leads nowhere keeps what it gave; a file that is no longer there is just deleted.
      const gone = isMissing(error);
      if ((gone && real !== undefined) || !extension.test(path)) return;
      this.problems.push(unreadable(path, gone ? 'the link leads nowhere' : error));
    }
  }

  async addFile(path: string, stats: Stats, knownReal?: string): Promise<void> {
    const real = await this.visit(path, knownReal);
    if (real === undefined) return;
    const stamp = [identify(stats), stats.size, stats.mtimeMs, stats.ctimeMs].join(' ');
    this.files.push({ path, stamp, size: stats.size });
    if (!this.watch.has(dirname(real))) this.watch.set(real, identify(stats));
  }

  /** The real path, or undefined when the walk has been there. */
  private async visit(path: string, knownReal?: string): Promise<string | undefined> {
    const real = knownReal ?? (await realpath(path));
    if (this.visited.has(real)) return undefined;
    this.visited.add(real);
    return real;
  }
}

function identify(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}
