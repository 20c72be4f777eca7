import { ApiFailure, failureOf } from './failure.js';
import { isObject, parseObject, refusal } from './list.js';
import { readLines } from './read-body.js';
import { resourcePath } from './resource-path.js';
import { TimedSignal } from './timed-signal.js';
import type { Connection, KubeObject, Selection, Timing } from './types.js';

/** How long the server is asked to keep a watch open: this, up to twice as long. */
const watchSeconds = 300;
const openMillis = 60_000;
/** How long after that the connection counts as dead, whatever the operating system thinks. */
const graceMillis = 30_000;
const maxEventLength = 16 * 1024 * 1024;

/** What a watch tells while it runs. */
export interface WatchSink {
  /** The server has accepted the watch. */
  onOpen(): void;
  onObject(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void;
  /** Everything up to this version has been told. */
  onVersion(version: string): void;
}

/**
 * Watches from a version until the server ends the watch, which is what it does now and then. Rejects with an
 * {@link ApiFailure}, or with what broke the connection; what has been told by then counts.
 */
export async function watchFrom(
  version: string,
  options: {
    readonly connection: Connection;
    readonly selection: Selection;
    readonly timing: Timing;
    readonly signal: AbortSignal;
    readonly sink: WatchSink;
  },
): Promise<void> {
  const { connection, selection, timing, sink } = options;
  const seconds = Math.round(watchSeconds * (1 + timing.random()));
  const timed = new TimedSignal(options.signal, timing);
  timed.expect('the beginning of a watch', openMillis);
  try {
    const path = resourcePath(selection, {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: version,
      timeoutSeconds: String(seconds),
    });
    const answer = await connection.get(path, timed.signal);
    if (answer.status !== 200) throw await refusal(answer);
    timed.expect('the end of a watch', seconds * 1000 + graceMillis);
    sink.onOpen();
    for await (const line of readLines(answer.body, maxEventLength)) take(line, sink);
  } catch (error) {
    throw timed.explain(error);
  } finally {
    timed.end();
  }
}

function take(line: string, sink: WatchSink): void {
  const { type, object } = parseObject(line, 'event') as { readonly type?: unknown; readonly object?: unknown };
  if (type === 'ERROR') throw failureOf(object);
  if (!isObject(object)) throw new ApiFailure('the server sent an event without an object');
  if (type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') sink.onObject(type, object);
  // Kinds of events yet to be invented move on too, as bookmarks do.
  const { resourceVersion } = object.metadata;
  if (typeof resourceVersion === 'string' && resourceVersion !== '') sink.onVersion(resourceVersion);
}
