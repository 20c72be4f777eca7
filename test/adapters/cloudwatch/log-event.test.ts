import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timestamp, type Value } from 'fairlead/sdk';
import { RenderError } from 'fairlead/sdk/gotemplate';
import { logentry } from 'fairlead/templates';
import { sampleInstance } from 'fairlead/testing';
import { parsePayload, sizeOfEvent, toEvent } from '../../../src/adapters/cloudwatch/log-event.js';

const now = Date.UTC(2026, 0, 1);

function write(template: string, entries: Readonly<Record<string, Value>>, timestamp?: Timestamp) {
  const variables = Object.assign(Object.create(null), entries) as Record<string, Value>;
  const instance = sampleInstance(logentry, { variables, timestamp, severity: 'warn' });
  return toEvent(instance, parsePayload(template).template!, now);
}

function messageOf(template: string, entries: Readonly<Record<string, Value>>): string {
  const event = write(template, entries);
  assert.ok(typeof event === 'object');
  return event.message;
}

describe('toEvent()', () => {
  it('writes variables, severity and time by the template', () => {
    const template = '{{or (.sourceIp) "-"}} - {{or (.sourceUser) "-"}}';
    assert.equal(messageOf(template, { sourceUser: 'abc' }), '- - abc');
    assert.equal(messageOf('{{.severity}} {{.timestamp.Unix}}', { severity: 'x' }), 'warn 1767225600');
  });

  it('writes a line of an access log when the template is blank', () => {
    const all = {
      source_ip: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 7),
      source_user: 'ann',
      method: 'GET',
      url: '/a?b=c&d',
      protocol: 'http',
      response_code: 200n,
      response_size: 12n,
    };
    assert.equal(messageOf(' ', all), '10.0.0.7 - ann [2026-01-01T00:00:00Z] "GET /a?b=c&amp;d http" 200 12');
    assert.equal(messageOf('', { x: 1n }), '- - - [2026-01-01T00:00:00Z] "- - -" - -');
  });

  it('escapes values for HTML, as Mixer does', () => {
    assert.equal(messageOf('{{.a}}', { a: '<b a="c">' }), '&lt;b a=&#34;c&#34;&gt;');
  });

  it('has the time in milliseconds, of now when the entry has none', () => {
    assert.equal(
      (write('x', {}, new Timestamp(1_767_225_000, 123_999_999)) as { timestamp: number }).timestamp,
      1767225000123,
    );
    assert.equal((write('x', {}) as { timestamp: number }).timestamp, now);
  });

  it('says which times CloudWatch Logs does not take', () => {
    assert.equal(write('x', {}, Timestamp.parse('0000-01-01T00:00:00Z')), 'too_old');
    assert.equal(write('x', {}, Timestamp.parse('0001-01-01T00:00:00Z')), 'too_old');
    assert.equal(write('x', {}, Timestamp.fromMillis(now - 14 * 86_400_000 - 1)), 'too_old');
    assert.equal(typeof write('x', {}, Timestamp.fromMillis(now - 14 * 86_400_000)), 'object');
    assert.equal(typeof write('x', {}, Timestamp.fromMillis(now + 7_200_000)), 'object');
    assert.equal(write('x', {}, Timestamp.fromMillis(now + 7_200_001)), 'too_new');
    assert.equal(write('x', {}, Timestamp.parse('9999-01-01T00:00:00Z')), 'too_new');
  });

  it('has no event for an empty message', () => assert.equal(write('{{.a}}', {}), 'empty'));

  it('cuts a message of a megabyte to what an event holds', () => {
    const event = write('{{.a}}', { a: 'é'.repeat(2 ** 20) });
    assert.ok(typeof event === 'object');
    assert.ok(sizeOfEvent(event) <= 2 ** 18 && sizeOfEvent(event) > 2 ** 18 - 4);
  });

  it('cuts where several megabytes are escaped', () => {
    const event = write(
      '{{.a}}{{.b}}{{.c}}{{.d}}',
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, '"'.repeat(2 ** 20)])),
    );
    assert.ok(typeof event === 'object');
    assert.match(event.message, /^(&#34;)+.{0,4}\[Truncated\.\.\.\]$/);
  });

  it('fails where the template cannot be applied', () => {
    assert.throws(() => write('{{.a.Format "15:04"}}', { a: 'text' }), RenderError);
  });

  it('keeps a variable called __proto__', () => {
    const variables = Object.create(null) as Record<string, Value>;
    variables['__proto__'] = 'x';
    const event = toEvent(sampleInstance(logentry, { variables }), parsePayload('{{.__proto__}}').template!, now);
    assert.equal((event as { message: string }).message, 'x');
  });

  it('leaves the instance as it is', () => {
    const variables = { source_ip: Uint8Array.of(10, 0, 0, 7) };
    toEvent(sampleInstance(logentry, { variables: Object.freeze(variables) }), parsePayload('').template!, now);
    assert.deepEqual(variables, { source_ip: Uint8Array.of(10, 0, 0, 7) });
  });
});
