import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { headersOf, httpRules, sharesOf } from '../../../src/pilot/model/http-rules.js';
import { resolveVirtualService } from '../../../src/pilot/model/virtual-services.js';
import { configsOf, resource } from '../support.js';

const to = 'route: [{ destination: { host: b } }]';

function rulesOf(http: string, labels: Record<string, string> = {}, gateway = 'mesh') {
  const [config] = configsOf(
    resource('VirtualService', 'a', `{ hosts: [a], gateways: [mesh, edge], http: [${http}] }`),
  ).list('VirtualService');
  assert(config !== undefined);
  return httpRules(resolveVirtualService(config, 'cluster.local'), {
    gateway,
    port: 80,
    labels: new Map(Object.entries(labels)),
  });
}
const names = (rules: ReturnType<typeof rulesOf>): string[] => rules.map(({ name }) => name);

describe('httpRules()', () => {
  it('makes a route of each match, in order', () => {
    const rules = rulesOf(`{ name: r, match: [{ name: m, uri: { exact: /a } }, { uri: { exact: /b } }], ${to} },
      { match: [{ name: o, uri: { exact: /c } }], ${to} }`);
    assert.deepEqual(names(rules), ['r.m', 'r', 'o']);
  });

  it('stops at a rule without a match', () => {
    const rules = rulesOf(`{ name: all, ${to} }, { name: late, match: [{ uri: { exact: /a } }], ${to} }`);
    assert.deepEqual(names(rules), ['all']);
    assert.equal(rules[0]?.match, undefined);
  });

  for (const match of [
    'uri: { prefix: / }',
    'uri: { regex: ".*" }',
    'uri: {}',
    'port: 80',
    'sourceLabels: { app: a }',
  ]) {
    it(`stops at a match that holds for all requests: ${match}`, () => {
      const rules = rulesOf(`{ name: all, match: [{ ${match} }], ${to} }, { name: late, ${to} }`, { app: 'a' });
      assert.deepEqual(names(rules), ['all']);
      assert.equal(rules[0]?.match, undefined);
    });
  }

  for (const match of [
    'uri: { prefix: / }, headers: { a: {} }',
    'uri: { prefix: / }, queryParams: { a: { exact: b } }',
    'uri: { prefix: / }, method: { exact: GET }',
    'authority: { exact: a }',
    'scheme: { exact: https }',
    'uri: { exact: / }',
    'uri: { prefix: /a }',
  ]) {
    it(`goes on after a match that asks for something: ${match}`, () => {
      assert.deepEqual(names(rulesOf(`{ name: some, match: [{ ${match} }], ${to} }, { name: late, ${to} }`)), [
        'some',
        'late',
      ]);
    });
  }

  it('leaves out matches for other ports', () => {
    assert.deepEqual(names(rulesOf(`{ name: a, match: [{ port: 81 }], ${to} }, { name: b, ${to} }`)), ['b']);
  });

  it('leaves out matches for other workloads', () => {
    const http = `{ name: a, match: [{ sourceLabels: { app: x, version: v1 } }], ${to} }, { name: b, ${to} }`;
    assert.deepEqual(names(rulesOf(http, { app: 'x' })), ['b']);
    assert.deepEqual(names(rulesOf(http, { app: 'x', version: 'v1', more: 'y' })), ['a']);
  });

  it('leaves out matches for other gateways', () => {
    const http = `{ name: a, match: [{ gateways: [edge] }], ${to} }, { name: b, ${to} }`;
    assert.deepEqual(names(rulesOf(http)), ['b']);
    assert.deepEqual(names(rulesOf(http, {}, 'default/edge')), ['a']);
  });

  it('does not look at labels where a match names gateways', () => {
    const http = `{ name: a, match: [{ gateways: [mesh], sourceLabels: { app: x } }], ${to} }`;
    assert.deepEqual(names(rulesOf(http)), ['a']);
  });

  it('is empty where nothing applies', () => {
    assert.deepEqual(rulesOf(`{ match: [{ port: 81 }], ${to} }`), []);
  });

  it('leaves out a redirect with a code that is none', () => {
    const [config] = configsOf(resource('VirtualService', 'a', `{ hosts: [a], http: [{ ${to} }] }`)).list(
      'VirtualService',
    );
    assert(config !== undefined);
    const routed = resolveVirtualService(config, 'cluster.local');
    const redirect = { uri: '/', authority: '', redirectCode: 200 };
    const http = routed.http.map((rule) => ({ ...rule, redirect, route: [] }));
    assert.deepEqual(httpRules({ ...routed, http }, { gateway: 'mesh', port: 80, labels: new Map() }), []);
  });
});

describe('sharesOf()', () => {
  it('gives the only destination everything', () => {
    assert.deepEqual(sharesOf([{ weight: 0 }]), [{ weight: 100 }]);
  });

  it('leaves out destinations without a share', () => {
    assert.deepEqual(sharesOf([{ weight: 100 }, { weight: 0 }]), [{ weight: 100 }]);
  });
});

describe('headersOf()', () => {
  it('lays headers over the fields of before', () => {
    const [rule] = rulesOf(`{ appendHeaders: { a: "1", b: "1", c: "1" }, appendRequestHeaders: { b: "2", c: "2" },
      removeRequestHeaders: [x], appendResponseHeaders: { d: "1" }, removeResponseHeaders: [w],
      headers: { request: { add: { c: "3" }, set: { e: "1" }, remove: [z] } }, ${to} }`);
    assert(rule !== undefined);
    const { request, response } = headersOf(rule.rule);
    assert.deepEqual([...request.add], Object.entries({ a: '1', b: '2', c: '3' }));
    assert.deepEqual([...request.set], [['e', '1']]);
    assert.deepEqual(request.remove, ['x', 'z']);
    assert.deepEqual([...response.add], [['d', '1']]);
    assert.deepEqual(response.remove, ['w']);
    const [to1] = rule.rule.route;
    assert(to1 !== undefined);
    assert.equal(headersOf(to1).request.add.size, 0);
  });
});
