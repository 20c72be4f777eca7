import { isToken } from '../http1/octets.js';
import { connectionHeaders } from './hop-by-hop.js';

/** Headers by name, as Node's HTTP/2 takes them. */
export type Http2Fields = Record<string, string | string[]>;

/** Name and value in turn by name. Names are the caller's or the upstream's: they must not reach a prototype. */
export function toFields(raw: readonly string[]): Http2Fields {
  const fields = Object.create(null) as Http2Fields;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    const former = fields[name];
    if (former === undefined) fields[name] = value;
    else if (Array.isArray(former)) former.push(value);
    else fields[name] = [former, value];
  }
  return fields;
}

/**
 * The same without what Node refuses, for it throws: a peer, or an operator, must not end the process with that. What is
 * the connection's own is left out, and so is what is no name. Of names that may come once only the values are joined,
 * as for all who read them (RFC 9110, 5.3); but not cookies, which are a header each.
 */
export function toSafeFields(raw: readonly string[]): Http2Fields {
  const fields = toFields(raw.filter((_text, index) => isSafe(raw[index - (index % 2)]!)));
  for (const [name, value] of Object.entries(fields)) {
    if (Array.isArray(value) && name !== 'set-cookie' && name !== 'cookie') fields[name] = value.join(', ');
  }
  return fields;
}

function isSafe(name: string): boolean {
  return isToken(name) && !connectionHeaders.has(name);
}
