import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { matchesTemplate, parseUriTemplate } from '../../../src/client/specs/uri-template.js';

describe('URI templates', () => {
  const rows: [template: string, fits: string[], fitsNot: string[]][] = [
    ['/', ['/'], ['', '/a']],
    ['/a', ['/a'], ['/', '/a/', '/A', '/a/b']],
    ['/a/{id}', ['/a/1', '/a/x:y'], ['/a', '/a/', '/a/1/2']],
    ['/a/*/b', ['/a/1/b'], ['/a/b', '/a//b']],
    ['/a/**', ['/a', '/a/1', '/a/1/2'], ['/b', '/']],
    ['/{name=shelves/*}/x', ['/shelves/1/x'], ['/other/1/x', '/shelves/x']],
    ['/{rest=**}', ['/', '/a/b'], ['a']],
    ['/a:stop', ['/a:stop'], ['/a', '/a:stops']],
    ['/a/{id}:stop', ['/a/1:stop'], ['/a/1', '/a/:stop']],
  ];
  for (const [template, fits, fitsNot] of rows) {
    it(`match by ${template}`, () => {
      const parsed = parseUriTemplate(template);
      assert.ok(parsed);
      for (const path of fits) assert.equal(matchesTemplate(parsed, path), true, path);
      for (const path of fitsNot) assert.equal(matchesTemplate(parsed, path), false, path);
    });
  }

  for (const text of ['', 'a', '/{a', '/a}', '/**/b', '/{a={b}}']) {
    it(`is none: ${text}`, () => {
      assert.equal(parseUriTemplate(text), undefined);
    });
  }
});
