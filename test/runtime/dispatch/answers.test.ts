import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  acceptCheck,
  acceptCheckWithOutput,
  acceptFor,
  acceptOutput,
  acceptQuota,
} from '../../../src/runtime/dispatch/answers.js';
import { Duration, f, Timestamp } from '../../../src/sdk/index.js';
import {
  checkTemplate,
  generatorTemplate,
  outputTemplate,
  quotaTemplate,
  reportTemplate,
} from '../../support/dispatch-fixture.js';

const directive = {
  requestHeaderOperations: [{ name: 'a', value: 'b', operation: 'APPEND' }],
  responseHeaderOperations: [],
  directResponseCode: 0,
  directResponseBody: '',
};

describe('acceptCheck()', () => {
  for (const [what, answer] of [
    ['nothing said', {}],
    ['a denial', { status: { code: 7, message: 'no' } }],
    ['a code nobody knows', { status: { code: 12345678, message: '' } }],
    ['unlimited uses', { validUseCount: -1, validDuration: Duration.zero }],
    ['a duration of another copy of the sdk', { validDuration: { seconds: 1, nanos: 5 } }],
    ['the longest duration', { validDuration: new Duration(315_576_000_000, 999_999_999) }],
    ['a directive', { routeDirective: directive }],
    [
      'a direct response',
      { status: { code: 7, message: '', directResponse: { code: 302, body: 'b', headers: new Map([['a', 'b']]) } } },
    ],
    ['an empty direct response', { status: { code: 7, message: '', directResponse: {} } }],
  ] as const) {
    it(`takes ${what}`, () => assert.equal(acceptCheck(answer), answer));
  }

  for (const [what, answer] of [
    ['an empty list', []],
    ['a status that is text', { status: 'OK' }],
    ['a status that is a list', { status: [] }],
    ['a code that is text', { status: { code: '7', message: '' } }],
    ['a broken code', { status: { code: 7.5, message: '' } }],
    ['a huge code', { status: { code: 2 ** 31, message: '' } }],
    ['a message that is no text', { status: { code: 7, message: 7 } }],
    ['null as status', { status: null }],
    ['endless uses', { validUseCount: Infinity }],
    ['uses as bigint', { validUseCount: 1n }],
    ['a duration in milliseconds', { validDuration: 5000 }],
    ['an endless duration', { validDuration: { seconds: Infinity, nanos: 0 } }],
    ['a duration of NaN', { validDuration: { seconds: NaN, nanos: 0 } }],
    ['a duration beyond the wire', { validDuration: { seconds: 315_576_000_001, nanos: 0 } }],
    ['negative nanos', { validDuration: { seconds: 0, nanos: -1 } }],
    ['nanos of a whole second', { validDuration: { seconds: 0, nanos: 1e9 } }],
    ['a directive without lists', { routeDirective: { ...directive, responseHeaderOperations: undefined } }],
    [
      'an operation nobody knows',
      { routeDirective: { ...directive, requestHeaderOperations: [{ name: 'a', value: 'b', operation: 'SET' }] } },
    ],
    [
      'an operation without a value',
      { routeDirective: { ...directive, requestHeaderOperations: [{ name: 'a', operation: 'SET' }] } },
    ],
    ['a directive code below zero', { routeDirective: { ...directive, directResponseCode: -1 } }],
    ['headers in a plain object', { status: { code: 7, message: '', directResponse: { headers: { a: 'b' } } } }],
    [
      'headers that are no text',
      { status: { code: 7, message: '', directResponse: { headers: new Map([['a', 1]]) } } },
    ],
    ['a body that is no text', { status: { code: 7, message: '', directResponse: { body: 1 } } }],
  ] as const) {
    it(`refuses ${what}`, () => assert.equal(typeof acceptCheck(answer), 'string'));
  }
});

describe('acceptQuota()', () => {
  for (const amount of [0n, -5n, 2n ** 63n - 1n, -(2n ** 63n)]) {
    it(`takes an amount of ${amount}`, () => {
      const answer = { amount };
      assert.equal(acceptQuota(answer), answer);
    });
  }

  for (const [what, answer] of [
    ['no amount', {}],
    ['a number as amount', { amount: 5 }],
    ['an amount beyond 64 bits', { amount: 2n ** 63n }],
    ['a negative duration', { amount: 1n, validDuration: new Duration(0, -1) }],
    ['a broken status', { amount: 1n, status: {} }],
    ['nothing', undefined],
  ] as const) {
    it(`refuses ${what}`, () => assert.equal(typeof acceptQuota(answer), 'string'));
  }
});

describe('acceptOutput()', () => {
  const fields = {
    text: f.string,
    name: f.dnsName,
    mail: f.emailAddress,
    uri: f.uri,
    int: f.int64,
    double: f.double,
    bool: f.bool,
    time: f.timestamp,
    span: f.duration,
    ip: f.ipAddress,
    map: f.stringMap,
  };
  const sound = {
    text: 't',
    name: 'n',
    mail: 'm',
    uri: 'u',
    int: 1n,
    double: NaN,
    bool: true,
    time: new Timestamp(1, 0),
    span: new Duration(-1, 0),
    ip: new Uint8Array(4),
    map: new Map([['a', 'b']]),
  };
  const accept = acceptOutput(fields);

  it('takes values of the declared types, and absence', () => {
    assert.equal(accept(sound), sound);
    const nothing = {};
    assert.equal(accept(nothing), nothing);
  });

  for (const name of Object.keys(fields)) {
    it(`refuses a wrong type for '${name}'`, () => {
      const wrong = name === 'double' ? '1' : name === 'int' ? 1 : Symbol('x');
      const complaint = accept({ ...sound, [name]: wrong });
      assert.ok(typeof complaint === 'string' && complaint.includes(`'${name}'`));
    });
  }

  for (const answer of [undefined, null, 'x']) {
    it(`refuses ${String(answer)}`, () => assert.equal(typeof accept(answer), 'string'));
  }
});

describe('acceptCheckWithOutput()', () => {
  const accept = acceptCheckWithOutput({ user: f.string });

  it('takes a result and an output', () => {
    const answer = { result: {}, output: { user: 'u' } };
    assert.equal(accept(answer), answer);
  });

  for (const answer of [undefined, {}, { result: {} }, { output: {} }, { result: {}, output: { user: 1 } }]) {
    it(`refuses ${JSON.stringify(answer)}`, () => assert.equal(typeof accept(answer), 'string'));
  }
});

describe('acceptFor()', () => {
  it('judges by variety', () => {
    assert.equal(acceptFor(checkTemplate), acceptCheck);
    assert.equal(acceptFor(quotaTemplate), acceptQuota);
    assert.equal(acceptFor(reportTemplate)(undefined), true);
    assert.equal(typeof acceptFor(generatorTemplate)({ pod: 1 }), 'string');
    assert.equal(typeof acceptFor(outputTemplate)({ result: {}, output: {} }), 'object');
  });
});
