import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLines, readText } from '../../src/kube/read-body.js';

async function* parts(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function linesOf(body: AsyncIterable<Uint8Array>, maxLength = 100): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of readLines(body, maxLength)) lines.push(line);
  return lines;
}

describe('reading lines', () => {
  it('puts lines together from pieces, and characters from bytes', async () => {
    const bytes = [...Buffer.from('{"a":"ü€"}\n\nb\nhalf')].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(await linesOf(parts(...bytes)), ['{"a":"ü€"}', 'b']);
  });

  it('takes several lines from one piece', async () => {
    assert.deepEqual(await linesOf(parts('a\nb\nc', 'd\n')), ['a', 'b', 'cd']);
  });

  it('ends in an error at a line that is too long, ended or not', async () => {
    await assert.rejects(linesOf(parts('12345678901\n'), 10), /longer than 10 characters/);
    await assert.rejects(linesOf(parts('123456', '78901'), 10), /longer than 10 characters/);
    assert.deepEqual(await linesOf(parts('1234567890\n1234567890\n'), 10), ['1234567890', '1234567890']);
  });
});

describe('reading a text', () => {
  it('refuses more bytes than it may take', async () => {
    assert.equal(await readText(parts('a', 'b'), 2), 'ab');
    await assert.rejects(readText(parts('a', 'b', 'c'), 2), /longer than 2 bytes/);
  });
});
