import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerCertificate } from 'node:tls';
import { hasSubjectAltName, parseSubjectAltNames } from '../../../src/proxy/upstream/subject-alt-names.js';

function has(subjectaltname: string | undefined, ...wanted: string[]): boolean {
  return hasSubjectAltName({ subjectaltname } as PeerCertificate, wanted);
}

test('names are read with their types', () => {
  assert.deepEqual(parseSubjectAltNames('DNS:a.test, URI:spiffe://cluster.local/ns/a/sa/b, IP Address:10.0.0.1'), [
    { type: 'DNS', value: 'a.test' },
    { type: 'URI', value: 'spiffe://cluster.local/ns/a/sa/b' },
    { type: 'IP', value: '10.0.0.1' },
  ]);
  assert.deepEqual(parseSubjectAltNames(''), []);
});

test('a quoted value is one name, whatever it looks like', () => {
  assert.deepEqual(parseSubjectAltNames('URI:"http://a/, DNS:admin.test", DNS:b.test'), [
    { type: 'URI', value: 'http://a/, DNS:admin.test' },
    { type: 'DNS', value: 'b.test' },
  ]);
  assert.equal(has('URI:"http://a/, URI:spiffe://admin"', 'spiffe://admin'), false);
  assert.equal(has('URI:"unfinished', 'unfinished'), false);
});

test('one of the names is enough, and none is too few', () => {
  const names = 'DNS:a.test, URI:spiffe://one';
  assert.equal(has(names, 'spiffe://other', 'spiffe://one'), true);
  assert.equal(has(names, 'spiffe://other'), false);
  assert.equal(has(names, 'spiffe://ONE'), false);
  assert.equal(has(undefined, 'a.test'), false);
});

test('a wildcard of the certificate stands for one label', () => {
  assert.equal(has('DNS:*.test', 'A.test'), true);
  assert.equal(has('DNS:*.test', 'a.b.test'), false);
  assert.equal(has('DNS:*.test', 'test'), false);
  assert.equal(has('DNS:a.test', '*.test'), false);
  assert.equal(has('URI:*.test', 'a.test'), false);
});
