import { compareDiagnostics, type Diagnostic, formatDiagnostic } from '../../util/diagnostics.js';
import { type FileResult, mergeFiles } from '../merge.js';
import type { LoadResult } from '../parse.js';
import { resourceKey } from '../resource.js';
import { FileTable } from './file-table.js';
import type { ConfigStore, StoreLog, StoreOptions, Timers, Watch } from './store.js';
import { unreadable, walk, type Walk } from './walk.js';
import { systemTimers, watchPaths } from './watch.js';

/** Milliseconds. A batch ends when it was quiet for the first, or lasts for the second. */
const QUIET = 120;
const LONGEST_BATCH = 500;
/** Milliseconds between looks without a hint: while watching works, and while there is nothing to watch. */
const SLOW_RESCAN = 5_000;
const FAST_RESCAN = 1_000;
/** Milliseconds more for each file, so that looking stays cheap. */
const RESCAN_PER_FILE = 5;

const empty: LoadResult = Object.freeze({ resources: Object.freeze([]), diagnostics: Object.freeze([]) });
const silent: StoreLog = { warn: () => undefined, error: () => undefined };

/**
 * Configuration from a folder (or one file) of YAML. Changes are noticed through the operating system's hints, and
 * every few seconds without them; what counts is always the content. What was sound stays when a file breaks, cannot
 * be read, or the whole folder vanishes; what is deleted goes.
 */
export class FsStore implements ConfigStore {
  private readonly timers: Timers;
  private readonly log: StoreLog;
  private readonly watch: Watch;
  private readonly table: FileTable;
  private readonly listeners = new Set<(state: LoadResult) => void>();
  private state = empty;
  private everPresent = false;
  private watching: { readonly identity: string; close(): Promise<void> } | undefined;
  private watchFailed = false;
  private scanning: Promise<void> | undefined;
  private scanAgain = false;
  private closed = false;
  private cancelQuiet: (() => void) | undefined;
  private cancelBatch: (() => void) | undefined;
  private cancelRescan: (() => void) | undefined;

  constructor(
    private readonly root: string,
    options: StoreOptions,
  ) {
    this.timers = options.timers ?? systemTimers;
    this.log = options.log ?? silent;
    this.watch = options.watch ?? watchPaths;
    this.table = new FileTable(options.defaultNamespace);
  }

  current(): LoadResult {
    return this.state;
  }

  onChange(listener: (state: LoadResult) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  async start(): Promise<void> {
    const found = await walk(this.root);
    this.state = await this.read(found, true);
    await this.follow(found);
    this.scheduleRescan();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const cancel of [this.cancelQuiet, this.cancelBatch, this.cancelRescan]) cancel?.();
    await this.scanning;
    await this.watching?.close();
  }

  /** Something may have changed: looks when it has been quiet for a moment, so that a batch is read once. */
  private readonly hint = (): void => {
    if (this.closed) return;
    this.cancelQuiet?.();
    this.cancelQuiet = this.timers.after(QUIET, () => this.endBatch());
    this.cancelBatch ??= this.timers.after(LONGEST_BATCH, () => this.endBatch());
  };

  private endBatch(): void {
    this.cancelQuiet?.();
    this.cancelBatch?.();
    this.cancelQuiet = this.cancelBatch = undefined;
    if (this.scanning === undefined) this.startScan(true);
    else this.scanAgain = true;
  }

  private startScan(force: boolean): void {
    if (this.closed) return;
    this.cancelRescan?.();
    this.scanning = this.scan(force)
      .catch((cause: unknown) => this.log.error('config store: a scan failed', { root: this.root, cause }))
      .finally(() => {
        this.scanning = undefined;
        if (this.scanAgain) this.startScan(true);
        else this.scheduleRescan();
      });
    this.scanAgain = false;
  }

  private scheduleRescan(): void {
    if (this.closed) return;
    const healthy = this.watching !== undefined && !this.watchFailed;
    const pause = Math.max(healthy ? SLOW_RESCAN : FAST_RESCAN, this.table.size * RESCAN_PER_FILE);
    this.cancelRescan = this.timers.after(pause, () => {
      if (this.scanning === undefined) this.startScan(false);
    });
  }

  private async scan(force: boolean): Promise<void> {
    const found = await walk(this.root);
    const next = await this.read(found, force);
    await this.follow(found);
    if (this.closed) return;
    const changed = signature(next) !== signature(this.state);
    // Also when nothing changed: the places in the files may have.
    this.state = next;
    if (changed) for (const listener of [...this.listeners]) listener(next);
  }

  private async read(found: Walk, force: boolean): Promise<LoadResult> {
    this.everPresent ||= found.present;
    const files = found.present ? await this.table.update(found, force) : this.table.results();
    const problems: FileResult = { resources: [], diagnostics: [...this.vanished(found), ...found.problems] };
    const { resources, diagnostics } = mergeFiles([...files, problems]);
    return Object.freeze({ resources, diagnostics: Object.freeze(diagnostics.toSorted(compareDiagnostics)) });
  }

  private vanished(found: Walk): readonly Diagnostic[] {
    if (found.present) return [];
    if (!this.everPresent)
      return found.problems.length > 0 ? [] : [unreadable(this.root, 'there is no such file or folder')];
    const message = 'the configuration is gone; what was last read stays live until it is back';
    return [{ severity: 'error', code: 'STORE_VANISHED', message, file: this.root }];
  }

  /** Watches what the walk found; folders made anew, or reached by other links, need a new watch. */
  private async follow(found: Walk): Promise<void> {
    const identity = found.present ? [...found.watch].map(([path, id]) => `${id} ${path}`).join('\n') : undefined;
    if (this.watching?.identity === identity || this.closed) return;
    await this.watching?.close();
    this.watchFailed = false;
    this.watching = identity === undefined ? undefined : { identity, ...this.openWatch([...found.watch.keys()]) };
  }

  private openWatch(paths: readonly string[]): { close(): Promise<void> } {
    const failed = (cause: unknown): void => {
      if (!this.watchFailed)
        this.log.warn('config store: watching failed, polling instead', { root: this.root, cause });
      this.watchFailed = true;
    };
    const watcher = this.watch(paths, { changed: this.hint, failed });
    return { close: () => watcher.close() };
  }
}

function signature(state: LoadResult): string {
  const resources = state.resources.map((resource) => `${resourceKey(resource)} ${resource.digest}`);
  return [...resources, ...state.diagnostics.map(formatDiagnostic)].join('\n');
}
