import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileRule } from '../../../src/adapters/rbac/rule.js';
import { type Asked, doc, instanceOf, resourcesOf } from './support.js';

function matches(rule: string, asked: Asked): boolean {
  const [role] = resourcesOf(doc('ServiceRole', 'r', `{ rules: [{ services: ['*'], ${rule} }] }`)).ServiceRole;
  const { namespace = '', service = '', method = '', path = '', properties } = instanceOf(asked).action;
  return compileRule(role!.spec.rules[0]!)({ namespace, service, method, path, properties });
}

describe('compileRule', () => {
  const table: readonly (readonly [rule: string, asked: Asked, matches: boolean])[] = [
    ['', { method: 'DELETE', path: '/any' }, true],
    ['methods: []', { method: 'DELETE' }, true],
    ['methods: [GET, HEAD]', { method: 'HEAD' }, true],
    ['methods: [GET, HEAD]', { method: 'POST' }, false],
    ['methods: [GET]', { method: 'get' }, false],
    ["methods: ['*']", { method: 'POST' }, true],
    ['methods: [GET], paths: [/a/*]', { path: '/a/b' }, true],
    ['methods: [GET], paths: [/a/*]', { path: '/b' }, false],
    ['methods: [POST], paths: [/a/*]', { path: '/a/b' }, false],
    ["paths: ['*.html']", { path: '/a.html' }, true],
    ['notPaths: [/admin*]', { path: '/admin/x' }, false],
    ['not_paths: [/admin*]', { path: '/public' }, true],
    ['notMethods: [DELETE]', { method: 'DELETE' }, false],
    ['constraints: [{ key: version, values: [v1, v2] }]', { to: { version: 'v2' } }, true],
    ['constraints: [{ key: version, values: [v1, v2] }]', { to: { version: 'v3' } }, false],
    ['constraints: [{ key: version, values: [v1] }]', {}, false],
    ["constraints: [{ key: version, values: ['*'] }]", {}, false],
    ['constraints: [{ key: version, values: [] }]', { to: { version: '' } }, false],
    ['constraints: [{ key: a, values: [x] }, { key: b, values: [y*] }]', { to: { a: 'x', b: 'yes' } }, true],
    ['constraints: [{ key: a, values: [x] }, { key: b, values: [y*] }]', { to: { a: 'x', b: 'no' } }, false],
    ['constraints: [{ key: destination.ip, values: [10.0.0.0/8] }]', { to: { 'destination.ip': '10.9.9.9' } }, true],
    ['constraints: [{ key: destination.ip, values: [10.0.0.0/8] }]', { to: { 'destination.ip': '11.9.9.9' } }, false],
    ['ports: [27017, 80]', { to: { 'destination.port': 80n } }, true],
    ['ports: [27017]', { to: { 'destination.port': 80n } }, false],
    ['ports: [27017]', {}, false],
    ['notPorts: [80]', { to: { 'destination.port': 81n } }, true],
    ['notPorts: [80]', {}, false],
    ["hosts: ['*.example.com']", { to: { 'request.host': 'a.example.com' } }, true],
    ["notHosts: ['*.example.com']", { to: { 'request.host': 'a.example.com' } }, false],
    ['methods: [GET], paths: [/], constraints: [{ key: a, values: [x] }]', { to: { a: 'x' } }, true],
  ];
  for (const [rule, asked, expected] of table) {
    it(`{ ${rule} } ${expected ? 'matches' : 'does not match'} ${JSON.stringify(asked, bigintAsText)}`, () => {
      assert.equal(matches(rule, asked), expected);
    });
  }
});

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
