import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { causeStack, causeText } from '../../../src/runtime/host/cause-text.js';

describe('causeText()', () => {
  for (const [what, cause, text] of [
    ['an error', new Error('boom'), 'boom'],
    ['an error whose message is a symbol', Object.assign(new Error(), { message: Symbol('x') }), 'Symbol(x)'],
    ['an error without message', new TypeError(), 'TypeError'],
    ['text', 'boom', 'boom'],
    ['undefined', undefined, 'undefined'],
    ['an object without prototype', Object.create(null), 'unknown failure'],
  ] as const) {
    it(`reads ${what}`, () => assert.equal(causeText(cause), text));
  }

  it('cuts what is too long', () => {
    const text = causeText(new Error('x'.repeat(1e6)));
    assert.ok(text.length < 1100);
    assert.ok(text.endsWith('...'));
  });
});

describe('causeStack()', () => {
  it('is the stack of an error', () => {
    assert.match(causeStack(new Error('boom')) ?? '', /^Error: boom\n/);
  });

  for (const [what, cause] of [
    ['text', 'boom'],
    ['an error without one', Object.assign(new Error(), { stack: 7 })],
    ['an error that hides it', Object.defineProperty(new Error(), 'stack', { get: () => assert.fail('read') })],
  ] as const) {
    it(`is none for ${what}`, () => assert.equal(causeStack(cause), undefined));
  }
});
