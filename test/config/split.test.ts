import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitDocuments } from '../../src/config/split.js';

const lines = (input: string | Uint8Array) => splitDocuments(input).map(({ line }) => line);

describe('splitDocuments()', () => {
  it('starts a chunk at each separator line and counts lines through', () => {
    assert.deepEqual(splitDocuments('a: 1\n---\nb: 1\n--- # c\nc: 1'), [
      { text: 'a: 1\n', line: 1 },
      { text: '---\nb: 1\n', line: 2 },
      { text: '--- # c\nc: 1', line: 4 },
    ]);
  });

  it('takes only whole separators', () => {
    assert.deepEqual(lines('a: 1\n----\nb\n ---\n---c\n'), [1]);
  });

  it('leaves out chunks that say nothing', () => {
    assert.deepEqual(lines('\n---\n# a\n---\n  \n%YAML 1.1\n---\na: 1\n---'), [7]);
    assert.deepEqual(lines(''), []);
  });

  it('makes one of all line ends', () => {
    assert.deepEqual(splitDocuments('a: 1\r\n---\r\nb: 1\rc: 2'), [
      { text: 'a: 1\n', line: 1 },
      { text: '---\nb: 1\nc: 2', line: 2 },
    ]);
  });

  it('drops byte order marks, also in front of a separator', () => {
    assert.deepEqual(splitDocuments('\ufeffa: 1\n\ufeff---\n\ufeffb: 1'), [
      { text: 'a: 1\n', line: 1 },
      { text: '---\nb: 1', line: 2 },
    ]);
  });

  it('reads UTF-16 that says so', () => {
    const little = Buffer.from('\ufeffa: ü\n---\nb: 1', 'utf16le');
    assert.deepEqual(
      splitDocuments(little).map(({ text }) => text),
      ['a: ü\n', '---\nb: 1'],
    );
    assert.deepEqual(
      splitDocuments(little.swap16()).map(({ text }) => text),
      ['a: ü\n', '---\nb: 1'],
    );
  });

  it('faults only the document whose bytes are not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('a: ü\n---\nb: "ü\ufffd'),
      Buffer.from([0xc3]),
      Buffer.from('"\n---\nc: ü\n'),
    ]);
    const chunks = splitDocuments(bytes);
    assert.deepEqual(
      chunks.map(({ fault }) => fault),
      [undefined, { message: 'not valid UTF-8', line: 3, column: 7 }, undefined],
    );
    assert.equal(chunks[2]?.text, '---\nc: ü\n');
  });

  it('faults characters that YAML forbids', () => {
    const places = ['\0', '\u0007', '\u007f', '\ud800', '\uffff'].map(
      (character) => splitDocuments(`a:\n ${character}`)[0]?.fault,
    );
    for (const fault of places) {
      assert.equal(fault?.line, 2);
      assert.equal(fault.column, 2);
    }
    assert.match(places[0]?.message ?? '', /U\+0000/);
  });

  it('takes astral and other plain characters', () => {
    assert.equal(splitDocuments('a: 😀\t\u0085\u00a0ü')[0]?.fault, undefined);
  });
});
