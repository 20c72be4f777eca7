import { StringDecoder } from 'node:string_decoder';

/** The whole of a body as text; rejects when it is longer than `maxBytes`. */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body) {
    bytes += part.length;
    if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** The lines of a body as they come, without empty ones; ends in an error when one is longer than `maxLength`. */
export async function* readLines(body: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  // Pieces of a line that has not ended: joined once, so that a long line costs no more than its length.
  let pieces: string[] = [];
  let length = 0;
  for await (const part of body) {
    const [first = '', ...others] = decoder.write(Buffer.from(part)).split('\n');
    pieces.push(first);
    length += first.length;
    for (const other of others) {
      const line = pieces.join('');
      pieces = [other];
      length = other.length;
      if (line.length > maxLength) throw tooLong(maxLength);
      if (line.trim() !== '') yield line;
    }
    if (length > maxLength) throw tooLong(maxLength);
  }
  // A server that is cut off leaves half a line, which is no event.
}

function tooLong(maxLength: number): Error {
  return new Error(`a line of the answer is longer than ${maxLength} characters`);
}
