import type { Found, HeadReader } from '../../../src/proxy/http1/head-reader.js';

/** The bytes whole, cut in two at every place, and one by one. */
export function* cuts(bytes: Buffer): Generator<readonly Buffer[]> {
  yield [bytes];
  for (let at = 1; at < bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (_octet, at) => bytes.subarray(at, at + 1));
}

/** What comes of pieces: the first answer that is one, and all bytes behind it. */
export function readHead(reader: HeadReader, pieces: readonly Buffer[]): { found: Found; rest: string } {
  for (const [index, piece] of pieces.entries()) {
    const found = reader.read(piece);
    if (found === 'incomplete') continue;
    const later = pieces.slice(index + 1);
    const rest = typeof found === 'string' ? later : [found.rest ?? Buffer.alloc(0), ...later];
    return { found, rest: Buffer.concat(rest).toString('latin1') };
  }
  return { found: 'incomplete', rest: '' };
}
