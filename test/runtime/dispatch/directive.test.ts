import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DirectiveDraft, httpCodeOf } from '../../../src/runtime/dispatch/directive.js';
import { rpcCode } from '../../../src/sdk/index.js';

/** The same without the class, for comparing. */
const plain = (draft: DirectiveDraft | undefined): unknown => Object.assign({}, draft);

const equivalents: Readonly<Record<keyof typeof rpcCode, number>> = {
  OK: 200,
  CANCELLED: 408,
  UNKNOWN: 500,
  INVALID_ARGUMENT: 400,
  DEADLINE_EXCEEDED: 504,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PERMISSION_DENIED: 403,
  RESOURCE_EXHAUSTED: 429,
  FAILED_PRECONDITION: 412,
  ABORTED: 409,
  OUT_OF_RANGE: 400,
  UNIMPLEMENTED: 501,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DATA_LOSS: 500,
  UNAUTHENTICATED: 401,
};

describe('httpCodeOf()', () => {
  for (const [name, code] of Object.entries(equivalents)) {
    it(`says ${code} for ${name}`, () => assert.equal(httpCodeOf(rpcCode[name as keyof typeof rpcCode]), code));
  }

  for (const code of [17, -1, 12345678]) it(`says 500 for ${code}`, () => assert.equal(httpCodeOf(code), 500));
});

describe('DirectiveDraft.respond()', () => {
  it('takes code, body and headers over', () => {
    const draft = new DirectiveDraft();
    draft.respond({ code: 302, body: 'moved', headers: new Map([['Location', '/x,y']]) }, 7);
    assert.deepEqual(plain(draft), {
      requestHeaderOperations: [],
      responseHeaderOperations: [{ name: 'Location', value: '/x,y', operation: 'REPLACE' }],
      directResponseCode: 302,
      directResponseBody: 'moved',
    });
  });

  for (const code of [undefined, 0]) {
    it(`takes the equivalent of the rpc code when the code is ${code}`, () => {
      const draft = new DirectiveDraft();
      draft.respond({ code }, 16);
      assert.equal(draft.directResponseCode, 401);
      assert.equal(draft.directResponseBody, '');
    });
  }

  for (const name of ['Set-Cookie', 'set-cookie', 'SET-COOKIE']) {
    it(`splits ${name} at commas, as Mixer does`, () => {
      const draft = new DirectiveDraft();
      draft.respond({ headers: new Map([[name, 'a=1, b=2']]) }, 7);
      assert.deepEqual(draft.responseHeaderOperations, [
        { name, value: 'a=1', operation: 'APPEND' },
        { name, value: ' b=2', operation: 'APPEND' },
      ]);
    });
  }

  it('splits the date of a cookie in two, as Mixer does', () => {
    const draft = new DirectiveDraft();
    draft.respond({ headers: new Map([['Set-Cookie', 'a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT']]) }, 7);
    assert.equal(draft.responseHeaderOperations.length, 2);
  });
});
