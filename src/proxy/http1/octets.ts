/** What the octets of a head may be (RFC 9110, 5.5 and 5.6.2): looked up, since each octet of each head is. */
export const tokenOctets = tableOf("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
export const valueOctets = new Uint8Array(256).map((_, octet) => Number(octet === 9 || (octet >= 32 && octet !== 127)));
const target = valueOctets.map((ok, octet) => Number(ok === 1 && octet > 32));

// `@` is left out: what stands before it is a name for some, and a host for others.
const host = tableOf("-._~!$&'()*+,;=:[]%0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

function tableOf(octets: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const octet of octets) table[octet.charCodeAt(0)] = 1;
  return table;
}

/** Whether a text is a token: a method or the name of a header. */
export function isToken(text: string): boolean {
  return text !== '' && allIn(tokenOctets, text);
}

/** Whether a text may stand in a request line, for the target. */
export function isTarget(text: string): boolean {
  return text !== '' && allIn(target, text);
}

/** Whether a text may be a host with its port; it may be empty (RFC 9112, 3.2). */
export function isHost(text: string): boolean {
  return allIn(host, text);
}

function allIn(table: Uint8Array, text: string): boolean {
  // Beyond the table there is nothing, which is not 1.
  for (let at = 0; at < text.length; at++) if (table[text.charCodeAt(at)] !== 1) return false;
  return true;
}

/** The first place from there on that no value may have; the length of the text when there is none. */
export function endOfValue(text: string, from: number): number {
  let at = from;
  while (valueOctets[text.charCodeAt(at)] === 1) at++;
  return at;
}
