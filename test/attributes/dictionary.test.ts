import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { globalDictionary, globalIndexOf } from '../../src/attributes/index.js';

const reference = new URL('../../../shared/conformance/global-dictionary.json', import.meta.url);

describe('globalDictionary', () => {
  it('is the reference list, word for word', { skip: !existsSync(reference) }, () => {
    assert.deepEqual(globalDictionary, JSON.parse(readFileSync(reference, 'utf8')));
  });

  it('has 222 different words, quotation marks included', () => {
    assert.equal(globalDictionary.length, 222);
    assert.equal(new Set(globalDictionary).size, 222);
    assert.deepEqual(
      [0, 94, 111, 112, 113, 114, 134, 136, 149, 218, 221].map((index) => globalDictionary[index]),
      ['source.ip', "'200'", "'0'", "'1'", 'true', 'false', '0', '200', '504', '"-"', 'context.proxy_version'],
    );
  });

  it('is found backwards', () => {
    globalDictionary.forEach((word, index) => assert.equal(globalIndexOf(word), index));
    for (const word of ['', '-', '__proto__', 'constructor']) assert.equal(globalIndexOf(word), undefined);
  });
});
