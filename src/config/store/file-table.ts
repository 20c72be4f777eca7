import { readFile } from 'node:fs/promises';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { digestText } from '../digest.js';
import { MAX_FILE_BYTES } from '../limits.js';
import type { FileResult } from '../merge.js';
import { fileTooLarge, type LoadResult, parseResources } from '../parse.js';
import { type Resource, resourceKey } from '../resource.js';
import { type FoundFile, isMissing, unreadable, type Walk } from './walk.js';

interface Entry extends FileResult {
  readonly stamp: string;
  /** Of the bytes last parsed; empty when the file could not be read. */
  readonly digest: string;
}

/**
 * What each file gave when it was last read. A file that breaks keeps the resources that it no longer gives; a file
 * that is gone takes its resources along. Only changed files are read and parsed again.
 */
export class FileTable {
  private entries: ReadonlyMap<string, Entry> = new Map();

  constructor(private readonly defaultNamespace: string) {}

  /**
   * Brings the table up to date with a walk whose root is present; `force` reads files whose stamp has not changed
   * too. Gives the files in the order of the walk, then what it knows of files that the walk could not reach.
   */
  async update(walk: Walk, force: boolean): Promise<readonly FileResult[]> {
    const entries = new Map<string, Entry>();
    for (const file of walk.files) {
      const entry = await this.read(file, this.entries.get(file.path), force);
      if (entry !== undefined) entries.set(file.path, entry);
    }
    for (const [path, entry] of this.entries) {
      if (entries.has(path) || !walk.problems.some(({ file }) => mayHide(file, path, walk.root))) continue;
      entries.set(path, { stamp: '', digest: '', resources: [], diagnostics: [], kept: notGiven(entry, []) });
    }
    this.entries = entries;
    return this.results();
  }

  get size(): number {
    return this.entries.size;
  }

  results(): readonly FileResult[] {
    return [...this.entries.values()];
  }

  private async read(file: FoundFile, former: Entry | undefined, force: boolean): Promise<Entry | undefined> {
    const { path, stamp, size } = file;
    if (former?.stamp === stamp && !force) return former;
    if (size > MAX_FILE_BYTES) return broken({ stamp, digest: '' }, fileTooLarge(path), former);
    let bytes: Buffer;
    try {
      bytes = await readFile(path);
    } catch (error) {
      return isMissing(error) ? undefined : broken({ stamp: '', digest: '' }, unreadable(path, error), former);
    }
    const digest = digestText(bytes);
    if (former?.digest === digest) return { ...former, stamp };
    const { resources, diagnostics } = parseResources(bytes, { file: path, defaultNamespace: this.defaultNamespace });
    const kept = hasErrors(diagnostics) ? keep(former, { resources, diagnostics }) : [];
    return { stamp, digest, resources, diagnostics, kept };
  }
}

function mayHide(problem: string | undefined, path: string, root: string): boolean {
  return problem === path || problem === root || path.startsWith(`${problem}/`);
}

function broken(key: { stamp: string; digest: string }, problem: Diagnostic, former: Entry | undefined): Entry {
  return { ...key, resources: [], diagnostics: [problem], kept: notGiven(former, []) };
}

/**
 * What a file with errors keeps of what it no longer gives. Where every document could be parsed and those that are no
 * resources were none before either, what is missing has been deleted and goes; else it may be what broke, and stays.
 */
function keep(former: Entry | undefined, now: LoadResult): readonly Resource[] {
  const isOld = former !== undefined && areKnown(now.diagnostics, former.diagnostics);
  return notGiven(isOld ? { ...former, resources: [] } : former, now.resources);
}

/** Whether all errors are documents that are no resources, and were there before. */
function areKnown(now: readonly Diagnostic[], before: readonly Diagnostic[]): boolean {
  const counts = new Map<string, number>();
  for (const { severity, path, message } of before) {
    const text = `${severity} ${path} ${message}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return now.every(({ severity, code, path, message }) => {
    if (severity !== 'error') return true;
    const text = `${severity} ${path} ${message}`;
    const left = counts.get(text) ?? 0;
    counts.set(text, left - 1);
    return code === 'RESOURCE_INVALID' && left > 0;
  });
}

function notGiven(former: Entry | undefined, resources: readonly Resource[]): readonly Resource[] {
  if (former === undefined) return [];
  const given = new Set(resources.map(resourceKey));
  return [...(former.kept ?? []), ...former.resources].filter((resource) => !given.has(resourceKey(resource)));
}
