import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { goCase, snakeCase } from '../../src/runtime/names-fields.js';

describe('snakeCase', () => {
  for (const [camel, snake] of [
    ['spanTags', 'span_tags'],
    ['httpStatusCode', 'http_status_code'],
    ['source_ip', 'source_ip'],
    ['value', 'value'],
  ] as const) {
    it(`makes ${snake} of ${camel}`, () => {
      assert.equal(snakeCase(camel), snake);
    });
  }
});

describe('goCase', () => {
  for (const [name, go] of [
    ['monitoredResourceType', 'MonitoredResourceType'],
    ['source_ip', 'SourceIp'],
    ['value', 'Value'],
  ] as const) {
    it(`makes ${go} of ${name}`, () => {
      assert.equal(goCase(name), go);
    });
  }
});
