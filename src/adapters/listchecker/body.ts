import { createHash } from 'node:crypto';
import type { Steps } from './steps.js';

const pieceBytes = 256 * 1024;

/** What tells one body from another. */
export function* digestOf(body: Uint8Array): Steps<string> {
  const hash = createHash('sha1');
  for (let at = 0; at < body.length; at += pieceBytes) {
    hash.update(body.subarray(at, at + pieceBytes));
    yield;
  }
  return hash.digest('hex');
}

/** The lines of a body, at least one. Nothing is trimmed: a mark at the start belongs to the first, as it does to Go. */
export function* readLines(body: Uint8Array): Steps<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const lines: string[] = [];
  let open = '';
  for (let at = 0; at < body.length; at += pieceBytes) {
    const text = decoder.decode(body.subarray(at, at + pieceBytes), { stream: true });
    const ended = text.split('\n');
    ended[0] = open + ended[0]!;
    open = ended.pop()!;
    for (const line of ended) lines.push(line);
    yield;
  }
  lines.push(open + decoder.decode());
  return lines;
}
