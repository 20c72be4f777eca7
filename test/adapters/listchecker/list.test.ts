import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createList, findBadEntry } from '../../../src/adapters/listchecker/list.js';

describe('createList()', () => {
  test('leaves out entries that are none, as a list with problems is never asked for', () => {
    assert.equal(createList('REGEX', ['[(', 'a']).has('bab'), true);
    assert.equal(createList('IP_ADDRESSES', ['x', '10.0.0.0/8']).has('10.1.1.1'), true);
  });

  test('drops empty entries of texts and expressions', () => {
    for (const type of ['STRINGS', 'CASE_INSENSITIVE_STRINGS', 'REGEX'] as const) {
      assert.equal(createList(type, ['', 'a']).has(''), false, type);
    }
  });

  test('searches in linear time, however the expression is written', () => {
    const list = createList('REGEX', ['^(a+)+$']);
    assert.equal(list.has(`${'a'.repeat(2000)}b`), false);
    assert.equal(list.has('a'.repeat(2000)), true);
  });

  test('takes RE2 syntax', () => {
    assert.equal(createList('REGEX', ['(?i)^straße$']).has('STRAßE'), true);
    assert.equal(createList('REGEX', ['\\pL+\\z']).has('1ä'), true);
  });
});

describe('findBadEntry()', () => {
  test('takes any text for a text', () => {
    assert.equal(findBadEntry('STRINGS', '[('), undefined);
    assert.equal(findBadEntry('CASE_INSENSITIVE_STRINGS', ''), undefined);
  });

  test('says what is wrong with an address', () => {
    assert.equal(findBadEntry('IP_ADDRESSES', '1.2.3'), 'must be an IP address or a CIDR range, not "1.2.3"');
    assert.equal(findBadEntry('IP_ADDRESSES', '::1'), undefined);
  });

  test('says what is wrong with an expression, look-behind included', () => {
    assert.match(findBadEntry('REGEX', '[(') ?? '', /^must be a regular expression in RE2 syntax: ./);
    assert.match(findBadEntry('REGEX', '(?<!a)b') ?? '', /RE2 syntax/);
    assert.equal(findBadEntry('REGEX', 'a*b'), undefined);
  });
});
