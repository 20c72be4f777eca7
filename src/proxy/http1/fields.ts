import { type Name, nameOf } from './names.js';
import { endOfValue } from './octets.js';

const [tab, carriageReturn, lineFeed, blank] = [9, 13, 10, 32];

/** The headers of one message. What belongs to its connection only is told apart. */
export class Fields {
  /** Name and value in turn, names in lower case, without those below but `content-length`. */
  raw: string[] = [];
  /** How many lines there were. */
  count = 0;
  hosts = 0;
  host = '';
  lengths = 0;
  length = '';
  encodings = 0;
  encoding = '';
  /** What `connection` says, joined by a comma and in lower case. */
  connection: string | undefined;
  keepAlive: string | undefined;
  upgrade: string | undefined;
  te: string | undefined;
  expect: string | undefined;

  /** Drops what `connection` names; nearly always that is nothing that is there. */
  dropListed(kept?: ReadonlySet<string>): void {
    const { connection } = this;
    if (connection === undefined || connection === 'close' || connection === 'keep-alive') return;
    const listed = new Set(connection.split(',').map((name) => name.trim()));
    for (const name of kept ?? []) listed.delete(name);
    this.raw = this.raw.filter((_, index) => !listed.has(this.raw[index - (index % 2)]!));
  }

  /** Whether `connection` has that option. */
  hasOption(option: string): boolean {
    const { connection } = this;
    if (connection === undefined || connection === option) return connection === option;
    return connection.split(',').some((one) => one.trim() === option);
  }
}

/**
 * Reads lines of headers, each of which ends with CR LF, to the end of the text. False for anything that readers might
 * take for different things: a folded line, a blank before the colon, a bare CR or LF, an octet that is not allowed.
 */
export function readFields(text: string, from: number, fields: Fields): boolean {
  let at = from;
  while (at < text.length) {
    const colon = text.indexOf(':', at);
    const name = colon === -1 ? undefined : nameOf(text.slice(at, colon));
    if (name === undefined) return false;
    let start = colon + 1;
    while (isBlank(text.charCodeAt(start))) start++;
    const end = endOfValue(text, start);
    if (text.charCodeAt(end) !== carriageReturn || text.charCodeAt(end + 1) !== lineFeed) return false;
    let last = end;
    while (last > start && isBlank(text.charCodeAt(last - 1))) last--;
    fields.count++;
    take(fields, name, text.slice(start, last));
    at = end + 2;
  }
  return true;
}

function isBlank(octet: number): boolean {
  return octet === blank || octet === tab;
}

function take(fields: Fields, { lower, role }: Name, value: string): void {
  if (role === undefined) {
    fields.raw.push(lower, value);
    return;
  }
  switch (role) {
    case 'host':
      fields.hosts++;
      fields.host = value;
      return;
    case 'content-length':
      fields.lengths++;
      fields.length = value;
      fields.raw.push(lower, value);
      return;
    case 'transfer-encoding':
      fields.encodings++;
      fields.encoding = value.toLowerCase();
      return;
    case 'expect':
      fields.expect = value.toLowerCase();
      fields.raw.push(lower, value);
      return;
    default:
      takeOption(fields, role, value.toLowerCase());
  }
}

function takeOption(fields: Fields, role: Name['role'], value: string): void {
  if (role === 'connection')
    fields.connection = fields.connection === undefined ? value : `${fields.connection},${value}`;
  else if (role === 'upgrade') fields.upgrade = value;
  else if (role === 'keep-alive') fields.keepAlive = value;
  else if (role === 'te') fields.te = value;
}
