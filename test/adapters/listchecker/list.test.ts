import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EntryType } from '../../../src/adapters/listchecker/config.js';
import { createList, findBadEntry, type List, parseList } from '../../../src/adapters/listchecker/list.js';
import { atOnce } from '../../../src/adapters/listchecker/steps.js';

function list(type: EntryType, entries: readonly string[]): List {
  const made = atOnce(createList(type, entries));
  assert.ok(!('problem' in made));
  return made;
}

describe('createList()', () => {
  test('makes no list of which one entry is bad, and says which', () => {
    const problem = 'an entry must be an IP address or a CIDR range, not "x"';
    assert.deepEqual(atOnce(createList('IP_ADDRESSES', ['10.0.0.0/8', 'x'])), { problem });
    const bad = atOnce(createList('REGEX', ['a', '[(']));
    assert.ok('problem' in bad);
    assert.match(bad.problem, /^an entry must be a regular expression in RE2 syntax: ./);
  });

  test('drops empty entries of texts and expressions', () => {
    for (const type of ['STRINGS', 'CASE_INSENSITIVE_STRINGS', 'REGEX'] as const) {
      assert.equal(list(type, ['', 'a']).has(''), false, type);
    }
  });

  test('searches in linear time, however the expression is written', () => {
    const slow = list('REGEX', ['^(a+)+$']);
    assert.equal(slow.has(`${'a'.repeat(2000)}b`), false);
    assert.equal(slow.has('a'.repeat(2000)), true);
  });

  test('takes RE2 syntax', () => {
    assert.equal(list('REGEX', ['(?i)^straße$']).has('STRAßE'), true);
    assert.equal(list('REGEX', ['\\pL+\\z']).has('1ä'), true);
  });
});

describe('parseList()', () => {
  const parsed = (type: EntryType, body: string): List => {
    const made = atOnce(parseList(type, Buffer.from(body), ['override']));
    assert.ok(!('problem' in made));
    return made;
  };

  test('takes one entry a line, without trimming, and the overrides', () => {
    const texts = parsed('STRINGS', 'a\n\n b\r\n');
    for (const text of ['a', ' b\r', 'override']) assert.equal(texts.has(text), true, text);
    for (const text of ['', 'b', ' b']) assert.equal(texts.has(text), false, text);
    assert.equal(parsed('REGEX', '^a$\n').has('xoverridex'), true);
  });

  test('takes nothing of a list of addresses that is none', () => {
    assert.deepEqual(atOnce(parseList('IP_ADDRESSES', Buffer.from('[]'), [])), {
      problem: 'must be an object with the key "whitelist"',
    });
    assert.ok('problem' in atOnce(parseList('IP_ADDRESSES', Buffer.from('whitelist: [10.0.0.1, host]'), [])));
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
