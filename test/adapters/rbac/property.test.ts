import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Duration, type Value } from 'fairlead/sdk';
import { compileAddressProperty, compileProperty } from '../../../src/adapters/rbac/property.js';
import { compileTexts } from '../../../src/adapters/rbac/text-match.js';
import { bare } from './support.js';

const ask = (key: string, pattern: string, entries: Readonly<Record<string, Value>>): boolean | undefined =>
  compileProperty(key, compileTexts([pattern]))(bare(entries));

describe('compileProperty', () => {
  it('compares the text under the whole key', () => {
    assert.equal(ask('destination.labels[app]', 'a*', { 'destination.labels[app]': 'abc' }), true);
    assert.equal(ask('version', 'v1', { version: 'v2' }), false);
  });

  it('looks a key up in a map when there is nothing under the whole key', () => {
    const labels = new Map([['app', 'abc']]);
    assert.equal(ask('destination.labels[app]', 'abc', { 'destination.labels': labels }), true);
    assert.equal(ask('destination.labels[version]', '*', { 'destination.labels': labels }), undefined);
    assert.equal(ask('destination.labels[app]', 'x', { 'destination.labels': labels, 'destination.labels[app]': 'x' }), true); // prettier-ignore
  });

  it('finds a header however it is written', () => {
    const headers = { 'request.headers': new Map([['x-user', 'ann']]) };
    assert.equal(ask('request.headers[X-User]', 'ann', headers), true);
  });

  it('compares what is no text with what it reads as', () => {
    assert.equal(ask('destination.port', '27017', { 'destination.port': 27017n }), true);
    assert.equal(ask('secure', 'true', { secure: true }), true);
    assert.equal(ask('took', '1.5s', { took: Duration.fromMillis(1500) }), true);
  });

  it('never matches a map, and tells what is absent', () => {
    assert.equal(ask('labels', '*', { labels: new Map() }), false);
    assert.equal(ask('labels', '*', {}), undefined);
    for (const key of ['__proto__', 'constructor', 'constructor[name]'])
      assert.equal(ask(key, '*', {}), undefined, key);
  });
});

describe('compileAddressProperty', () => {
  const matches = compileAddressProperty('source.ip', ['10.0.0.0/8', 'nonsense']);

  it('compares bytes and texts', () => {
    assert.equal(matches(bare({ 'source.ip': Uint8Array.of(10, 1, 1, 1) })), true);
    assert.equal(matches(bare({ 'source.ip': '10.2.2.2' })), true);
    assert.equal(matches(bare({ 'source.ip': '11.2.2.2' })), false);
  });

  it('matches nothing that is no address', () => {
    assert.equal(matches(bare({ 'source.ip': '' })), false);
    assert.equal(matches(bare({ 'source.ip': 10n })), false);
    assert.equal(matches(bare()), undefined);
  });
});
