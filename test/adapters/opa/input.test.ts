import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inputJson } from '../../../src/adapters/opa/input.js';
import { authorizationOf } from './setup.js';

describe('inputJson()', () => {
  it('has both parts and nothing in them when nothing is known', () => {
    assert.equal(inputJson(authorizationOf({})), '{"action":{},"subject":{}}');
  });

  it('leaves out empty texts and maps', () => {
    const request = { user: '', groups: '', namespace: '', service: '', method: '', path: '', subject: {}, action: {} };
    assert.equal(inputJson(authorizationOf(request)), '{"action":{},"subject":{}}');
  });

  it('has every field, and groups as a list of one', () => {
    const text = inputJson(
      authorizationOf({
        ...{ user: 'ann', groups: 'a,b', subject: { role: 'admin' } },
        ...{ namespace: 'ns', service: 'svc', method: 'GET', path: '/"x"', action: { n: 1n, none: undefined, m: 2.5 } },
      }),
    );
    assert.deepEqual(JSON.parse(text), {
      action: { namespace: 'ns', service: 'svc', method: 'GET', path: '/"x"', properties: { n: 1, m: 2.5 } },
      subject: { user: 'ann', groups: ['a,b'], properties: { role: 'admin' } },
    });
  });

  it('keeps empty values of properties', () => {
    assert.equal(
      inputJson(authorizationOf({ subject: { role: '' } })),
      '{"action":{},"subject":{"properties":{"role":""}}}',
    );
  });
});
