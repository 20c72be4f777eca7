import { parse } from 'yaml';

// What most lists look like, and the YAML parser is slow with: a key, one plain or quoted address a line, comments.
const plainHead = /^(?:(?:---|#.*)?[ \t]*\r?\n)*whitelist:[ \t]*(?:[ \t]#.*)?\r?\n/i;
// A colon at the end would be a key.
const plainEntry =
  /^[ \t]*- (["']?)([0-9A-Fa-f:]*[.:][0-9A-Fa-f.:]*(?:[0-9A-Fa-f]|:(?=\/))(?:\/\d{1,3})?)\1[ \t]*(?:[ \t]#.*)?\r?$/;
const plainSpace = /^[ \t]*(?:#.*)?\r?$/;
/** The parser needs half a second for a megabyte, and nothing else happens meanwhile. */
const longestYaml = 4 * 1024 * 1024;

/** Entries, or why there are none. */
export type WhitelistBody = readonly string[] | { readonly problem: string };

/**
 * Reads the body of an IP list: YAML or JSON with the key `whitelist` in any case. Nothing at all is an empty list, as
 * is a body without the key; other keys mean nothing.
 */
export function parseWhitelist(body: string): WhitelistBody {
  const plain = parsePlain(body);
  if (plain !== undefined) return plain;
  const root = parseTree(body);
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

function parsePlain(body: string): readonly string[] | undefined {
  const head = plainHead.exec(body);
  if (head === null) return undefined;
  const entries: string[] = [];
  let indent: number | undefined;
  for (const line of body.slice(head[0].length).split('\n')) {
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
