import { isToken } from './octets.js';

/** The headers that say where a message ends, or concern one connection only. */
type Role =
  | 'host'
  | 'content-length'
  | 'transfer-encoding'
  | 'connection'
  | 'keep-alive'
  | 'upgrade'
  | 'te'
  | 'expect'
  | 'dropped';

export interface Name {
  readonly lower: string;
  /** Undefined for all that are only passed on. */
  readonly role: Role | undefined;
}

const roles = new Map<string, Role>([
  ...(
    ['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'upgrade', 'te', 'expect'] as const
  ).map((role) => [role, role] as const),
  ['proxy-connection', 'dropped'],
  ['trailer', 'dropped'],
]);

// Names come again and again; hostile callers make up others, which are then looked at each time.
const mostKnown = 2000;
const longestKnown = 64;
const known = new Map<string, Name>();

/** A name as it was written; undefined for what is none. */
export function nameOf(text: string): Name | undefined {
  const found = known.get(text);
  if (found !== undefined) return found;
  if (!isToken(text)) return undefined;
  const isKept = known.size < mostKnown && text.length <= longestKnown;
  // A copy: the text is a part of a whole head, which would be kept with it; its lower case may be the text itself.
  const own = isKept ? Buffer.from(text, 'latin1').toString('latin1') : text;
  const lower = own.toLowerCase();
  const name: Name = { lower, role: roles.get(lower) };
  if (isKept) known.set(own, name);
  return name;
}
