import { parse } from 'yaml';
import { pieceSize, type Steps } from './steps.js';

// What most lists look like, and the YAML parser is slow with: a key, one plain or quoted address a line, comments.
const plainStart = /^(?:---|#.*)?[ \t]*\r?$/;
const plainKey = /^whitelist:[ \t]*(?:[ \t]#.*)?\r?$/i;
// A colon at the end would be a key.
const plainEntry =
  /^[ \t]*- (["']?)([0-9A-Fa-f:]*[.:][0-9A-Fa-f.:]*(?:[0-9A-Fa-f]|:(?=\/))(?:\/\d{1,3})?)\1[ \t]*(?:[ \t]#.*)?\r?$/;
const plainSpace = /^[ \t]*(?:#.*)?\r?$/;
// The same as JSON, for which there is no parser that makes pauses.
const jsonHead = /^\{[ \t\r\n]*"whitelist"[ \t\r\n]*:[ \t\r\n]*\[[ \t\r\n]*/i;
const jsonEntry = /"([0-9A-Fa-f.:/]+)"[ \t\r\n]*([,\]])[ \t\r\n]*/y;
const jsonEnd = /^\}[ \t\r\n]*$/;
/** The parser needs half a second for a megabyte, and nothing else happens meanwhile. */
const longestYaml = 4 * 1024 * 1024;

/** Entries, or why there are none. */
export type WhitelistBody = readonly string[] | { readonly problem: string };

/**
 * Reads the lines of an IP list: YAML or JSON with the key `whitelist` in any case. Nothing at all is an empty list, as
 * is a body without the key; other keys mean nothing.
 */
export function* readWhitelist(lines: readonly string[]): Steps<WhitelistBody> {
  const plain = yield* readPlain(lines);
  if (plain !== undefined) return plain;
  const body = lines.join('\n');
  return (yield* readPlainJson(body.trimStart())) ?? entriesOf(parseTree(body));
}

function entriesOf(root: unknown): WhitelistBody {
  if (root === null || root === undefined) return [];
  if (root instanceof SyntaxProblem) return { problem: `cannot be read: ${root.message}` };
  if (!(root instanceof Map)) return { problem: 'must be an object with the key "whitelist"' };
  let entries: unknown = [];
  for (const [key, value] of root) if (String(key).toLowerCase() === 'whitelist') entries = value ?? [];
  if (!Array.isArray(entries)) return { problem: 'must have a list under "whitelist"' };
  const bad = entries.findIndex((entry) => typeof entry !== 'string');
  return bad < 0 ? (entries as readonly string[]) : { problem: `whitelist[${bad}] must be a text` };
}

class SyntaxProblem {
  constructor(readonly message: string) {}
}

function parseTree(body: string): unknown {
  const text = body.trimStart();
  try {
    if (text.startsWith('{')) return new Map(Object.entries(JSON.parse(text) as object));
  } catch {
    // YAML may start with a brace as well.
  }
  if (body.length > longestYaml) {
    return new SyntaxProblem('so much of it can only be read as JSON, or with one address a line and nothing else');
  }
  try {
    return parse(body, { mapAsMap: true, logLevel: 'error' }) as unknown;
  } catch (cause) {
    // The library's way to say no; its messages are written for users, the first line without the excerpt.
    return new SyntaxProblem(cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause));
  }
}

function* readPlain(lines: readonly string[]): Steps<readonly string[] | undefined> {
  let at = 0;
  while (at < lines.length && plainStart.test(lines[at]!)) at += 1;
  if (at === lines.length || !plainKey.test(lines[at]!)) return undefined;
  const entries: string[] = [];
  let indent: number | undefined;
  for (at += 1; at < lines.length; at += 1) {
    if (at % pieceSize === 0) yield;
    const line = lines[at]!;
    if (plainSpace.test(line)) continue;
    const entry = plainEntry.exec(line);
    if (entry === null) return undefined;
    const dash = line.indexOf('-');
    indent ??= dash;
    if (dash !== indent) return undefined;
    entries.push(entry[2]!);
  }
  return entries;
}

function* readPlainJson(text: string): Steps<readonly string[] | undefined> {
  const entries: string[] = [];
  let at = jsonHead.exec(text)?.[0].length;
  let isLast = at === undefined;
  while (at !== undefined && !isLast) {
    if (entries.length % pieceSize === 0) yield;
    jsonEntry.lastIndex = at;
    const entry = jsonEntry.exec(text);
    if (entry === null) return undefined;
    entries.push(entry[1]!);
    isLast = entry[2] === ']';
    at = jsonEntry.lastIndex;
  }
  return at !== undefined && jsonEnd.test(text.slice(at)) ? entries : undefined;
}
