import { ApiFailure, failureOf } from './failure.js';
import { readText } from './read-body.js';
import { resourcePath } from './resource-path.js';
import { TimedSignal } from './timed-signal.js';
import type { Answer, Connection, KubeObject, Selection, Timing } from './types.js';

const pageSize = 500;
const pageMillis = 60_000;
const maxPageBytes = 128 * 1024 * 1024;
const maxFailureBytes = 64 * 1024;

interface ListBody {
  readonly metadata?: { readonly resourceVersion?: unknown; readonly continue?: unknown };
  readonly items?: unknown;
}

interface Page {
  readonly items: readonly unknown[];
  readonly version: string;
  /** Empty after the last page. */
  readonly next: string;
}

/** How to list: each page within a time, objects to where the list is made. */
export interface ListOptions {
  readonly connection: Connection;
  readonly selection: Selection;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** Begins a list, or begins it anew; gives where its objects go. */
  readonly begin: () => (object: KubeObject) => void;
}

/**
 * Lists a resource page by page. Resolves with the version to watch from; rejects with an {@link ApiFailure}, or what
 * the connection rejected with. A list whose next page has expired starts over, in one piece.
 */
export async function listAll(options: ListOptions): Promise<string> {
  try {
    return await listPages(options, pageSize);
  } catch (error) {
    if (!(error instanceof ApiFailure && error.isGone)) throw error;
    return listPages(options, undefined);
  }
}

async function listPages(options: ListOptions, limit: number | undefined): Promise<string> {
  const add = options.begin();
  let next = '';
  for (;;) {
    const page = await readPage(options, { limit: limit?.toString(), continue: next });
    for (const item of page.items) if (isObject(item)) add(item);
    if (page.next === '') return page.version;
    // Or it would never end.
    if (page.next === next) throw new ApiFailure('the server sent the same page twice');
    next = page.next;
  }
}

async function readPage(
  { connection, selection, timing, signal }: ListOptions,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<Page> {
  const timed = new TimedSignal(signal, timing);
  timed.expect('a list', pageMillis);
  try {
    const answer = await connection.get(resourcePath(selection, parameters), timed.signal);
    if (answer.status !== 200) throw await refusal(answer);
    return parse(await readText(answer.body, maxPageBytes));
  } catch (error) {
    throw timed.explain(error);
  } finally {
    timed.end();
  }
}

/** The failure that an answer other than 200 stands for. */
export async function refusal({ status, retryAfterMillis, body }: Answer): Promise<ApiFailure> {
  const text = await readText(body, maxFailureBytes).catch(() => '');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A proxy in between answers in words of its own, which may be a page of HTML; the status says enough.
  }
  return failureOf(value, status, retryAfterMillis);
}

function parse(text: string): Page {
  const { metadata = {}, items } = parseObject(text, 'list') as ListBody;
  const { resourceVersion: version, continue: next } = metadata;
  if (typeof version !== 'string' || version === '') throw new ApiFailure('the server sent a list without a version');
  return { items: Array.isArray(items) ? items : [], version, next: typeof next === 'string' ? next : '' };
}

/** JSON that must be an object; throws an {@link ApiFailure} that names what was wanted. */
export function parseObject(text: string, wanted: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Told below, like any other answer that is not what was wanted.
  }
  throw new ApiFailure(`the server sent something that is no ${wanted}`);
}

/** Whether a value has what every object has. */
export function isObject(value: unknown): value is KubeObject {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata } = value as { readonly metadata?: unknown };
  return typeof metadata === 'object' && metadata !== null;
}
