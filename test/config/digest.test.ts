import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { digestText } from '../../src/config/digest.js';
import { parseResources } from '../../src/config/index.js';

function digest(spec: string, head = 'kind: rule\nmetadata: {name: a}'): string {
  return parseResources(`${head}\nspec: ${spec}\n`, { defaultNamespace: 'default' }).resources[0]!.digest;
}

describe('the digest of a resource', () => {
  it('is a SHA-1', () => {
    assert.match(digest('{}'), /^[0-9a-f]{40}$/);
    assert.equal(digestText('abc'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
  });

  it('does not see comments, places, order of keys, spelling and anchors', () => {
    const one = digest('{a: [1, "x"], b: {c: yes, d: 0x10}}');
    assert.equal(digest('# c\n  b: {d: 16, c: true}\n  a:\n  - &n 1\n  - x'), one);
    assert.equal(digest('{b: &b {c: true, d: 16}, a: [1, x]}'), one);
    assert.equal(digest('{}'), digest('~'));
  });

  const different = [
    '{}',
    '{a: 1}',
    '{a: "1"}',
    '{a: 1.5}',
    '{a: [1]}',
    '{a: [[1]]}',
    '{a: [1, 2]}',
    '{a: [2, 1]}',
    '{a: {b: 1}}',
  ];
  it('tells what differs', () => {
    const more = [
      '{a: ~}',
      '{a: "null"}',
      '{a: true}',
      '{a: "true"}',
      '{a: {}}',
      '{a: []}',
      '{a: "b:c"}',
      '{a: b, c: d}',
    ];
    const digests = [...different, ...more].map((spec) => digest(spec));
    assert.equal(new Set(digests).size, digests.length);
  });

  it('counts the whole envelope in', () => {
    const heads = [
      'kind: rule\nmetadata: {name: a}',
      'kind: rule\nmetadata: {name: b}',
      'kind: handler\nmetadata: {name: a}',
      'kind: rule\nmetadata: {name: a, namespace: b}',
      'kind: rule\nmetadata: {name: a, labels: {b: c}}',
      'kind: rule\nmetadata: {name: a, annotations: {b: c}}',
      'kind: rule\napiVersion: v1\nmetadata: {name: a}',
    ];
    assert.equal(new Set(heads.map((head) => digest('{}', head))).size, heads.length);
    assert.equal(digest('{}', 'kind: rule\nmetadata: {name: a, namespace: default}'), digest('{}'));
  });
});
