import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileApiSpecs, type HttpApiSpec, type Value } from '../../../src/client/index.js';

const set = (entries: Record<string, Value>): Map<string, Value> => new Map(Object.entries(entries));
const named = { name: 's', namespace: 'n' };
const books: HttpApiSpec = {
  ...named,
  attributes: set({ 'api.service': 'books', 'api.version': 'v1' }),
  patterns: [
    { httpMethod: 'GET', uriTemplate: '/shelves/{shelf}/books', attributes: set({ 'api.operation': 'list' }) },
    { httpMethod: 'GET', uriTemplate: '/shelves/top/books', attributes: set({ 'api.operation': 'top' }) },
    { httpMethod: 'GET', uriTemplate: '/shelves/**', attributes: set({ 'api.operation': 'any' }) },
    { httpMethod: 'POST', regex: '/shelves/[0-9]+', attributes: set({ 'api.operation': 'make' }) },
  ],
};

function tag(entries: Record<string, Value>, ...specs: HttpApiSpec[]): Record<string, Value> {
  const before = new Set(Object.keys(entries));
  const attributes = set(entries);
  compileApiSpecs(specs)(attributes);
  return Object.fromEntries([...attributes].filter(([name]) => !before.has(name)));
}

const get = (path: string, method = 'GET'): Record<string, Value> => ({
  'request.method': method,
  'request.url_path': path,
});

describe('HTTP API specs (1.14)', () => {
  const rows: [string, string, string | undefined][] = [
    ['GET', '/shelves/7/books', 'list'],
    ['GET', '/shelves/top/books', 'top'],
    ['GET', '/shelves/7/books/9', 'any'],
    ['POST', '/shelves/7', 'make'],
    ['POST', '/shelves/7/x', undefined],
    ['DELETE', '/shelves/7/books', undefined],
  ];
  for (const [method, path, operation] of rows) {
    it(`call ${method} ${path} ${operation ?? 'nothing'}`, () => {
      assert.deepEqual(tag(get(path, method), books), {
        'api.service': 'books',
        'api.version': 'v1',
        ...(operation === undefined ? {} : { 'api.operation': operation }),
      });
    });
  }

  it('say nothing without a method or a path', () => {
    assert.deepEqual(tag({ 'request.url_path': '/shelves/1/books' }, books), {});
    assert.deepEqual(tag({ 'request.method': 'GET' }, books), {});
  });

  it('of one service are one: every expression that matches adds to what the best template says', () => {
    const more: HttpApiSpec = {
      ...named,
      patterns: [
        { httpMethod: 'GET', regex: '.*', attributes: set({ 'api.protocol': 'http', 'api.operation': 'seen' }) },
      ],
    };
    assert.deepEqual(tag(get('/shelves/7/books'), books, more), {
      'api.service': 'books',
      'api.version': 'v1',
      'api.operation': 'seen',
      'api.protocol': 'http',
    });
  });

  it('find the API key where it usually is', () => {
    const spec = { ...named, patterns: [] };
    const query = (entries: [string, string][]) => ({ 'request.query_params': new Map(entries) });
    const headers = (entries: [string, string][]) => ({ 'request.headers': new Map(entries) });
    const both = query([
      ['key', 'a'],
      ['api_key', 'b'],
    ]);
    assert.deepEqual(tag(both, spec), { 'request.api_key': 'a' });
    assert.deepEqual(tag(query([['api_key', 'b']]), spec), { 'request.api_key': 'b' });
    assert.deepEqual(tag({ ...query([]), ...headers([['x-api-key', 'c']]) }, spec), { 'request.api_key': 'c' });
    assert.deepEqual(tag(get('/'), spec), {});
    assert.deepEqual(tag(both), {});
  });

  it('find the API key where they say, in that order', () => {
    const spec = { ...named, patterns: [], apiKeys: [{ cookie: 'k' }, { header: 'X-Key' }, { query: 'q' }] };
    const headers = new Map([
      ['x-key', 'h'],
      ['cookie', 'a=b; k="c"'],
    ]);
    assert.deepEqual(tag({ 'request.headers': headers }, spec), { 'request.api_key': 'c' });
    headers.delete('cookie');
    assert.deepEqual(tag({ 'request.headers': headers }, spec), { 'request.api_key': 'h' });
    assert.deepEqual(tag({ 'request.query_params': new Map([['key', 'x']]) }, spec), {});
  });
});
