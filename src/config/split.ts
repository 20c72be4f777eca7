/** A part of a file that is one document (or, with `...` in it, a few), or why it cannot be read as text. */
export interface Chunk {
  readonly text: string;
  /** The line of the file on which the chunk starts. */
  readonly line: number;
  /** Set when the chunk holds what YAML forbids; counted within the file. */
  readonly fault?: { readonly message: string; readonly line: number; readonly column: number } | undefined;
}

const separator = /^---(?=[ \t]|$)/gm;
const content = /^[ \t]*[^\s#%]/m;
const forbidden = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * Splits a file at the lines that are `---`, before any parsing, as Mixer does: a document that is broken then cannot
 * hide its neighbours. YAML allows no such line inside a document, not even in a block of text. Chunks without
 * content are left out. Byte order marks and carriage returns are taken care of.
 */
export function splitDocuments(input: string | Uint8Array): readonly Chunk[] {
  if (typeof input === 'string') return split(normalise(input)).map(check);
  const whole = decode(input);
  if (whole !== undefined) return split(normalise(whole)).map(check);
  // As Latin-1 every byte is one character, so that each document can be decoded apart.
  const bytes = Buffer.from(input).toString('latin1');
  return split(bytes.replace(/\r\n?/g, '\n')).map((chunk) => {
    const text = decode(Buffer.from(chunk.text, 'latin1'));
    if (text !== undefined) return check({ ...chunk, text: normalise(text) });
    const sound = soundPrefix(Buffer.from(chunk.text, 'latin1'));
    return { ...chunk, fault: { message: 'not valid UTF-8', ...place({ ...chunk, text: sound }, sound.length) } };
  });
}

function normalise(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/^\ufeff/gm, '');
}

function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const wide =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // The caller finds out which document it is.
  }
}

/** The text before the first bytes that are not UTF-8. */
function soundPrefix(bytes: Uint8Array): string {
  const replaced = new TextDecoder('utf-8').decode(bytes);
  // A replacement character that was written as one is the only one that encodes back to what stands there.
  let offset = 0;
  for (let at = replaced.indexOf('\ufffd'), from = 0; at >= 0; at = replaced.indexOf('\ufffd', from)) {
    offset += Buffer.byteLength(replaced.slice(from, at));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd)
      return replaced.slice(0, at);
    offset += 3;
    from = at + 1;
  }
  return replaced;
}

function split(text: string): Chunk[] {
  const starts = [0, ...[...text.matchAll(separator)].map((match) => match.index)];
  const chunks: Chunk[] = [];
  let line = 1;
  starts.forEach((start, index) => {
    const part = text.slice(start, starts[index + 1] ?? text.length);
    if (content.test(part.replace(/^---/, ''))) chunks.push({ text: part, line });
    line += countLines(part);
  });
  return chunks;
}

function check(chunk: Chunk): Chunk {
  const match = forbidden.exec(chunk.text);
  if (match === null) return chunk;
  const code = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    ...chunk,
    fault: { message: `the character U+${code} is not allowed in YAML`, ...place(chunk, match.index) },
  };
}

function place(chunk: Chunk, offset: number): { line: number; column: number } {
  const before = chunk.text.slice(0, offset);
  return { line: chunk.line + countLines(before), column: offset - before.lastIndexOf('\n') };
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
