import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderValueOption_HeaderAppendAction as Action } from '../../../../src/gen/envoy/config/core/v3/base.js';
import { buildHeaderChanges } from '../../../../src/pilot/build/envoy/header-operations.js';
import type { HeaderOperations } from '../../../../src/pilot/kinds/http-route.js';

type Given = { readonly [K in 'set' | 'add']?: Record<string, string> } & { readonly remove?: string[] };

function changes(request: Given) {
  const problems: string[] = [];
  const none: HeaderOperations = { set: new Map(), add: new Map(), remove: [] };
  const { set = {}, add = {}, remove = [] } = request;
  const given = { set: new Map(Object.entries(set)), add: new Map(Object.entries(add)), remove };
  const built = buildHeaderChanges([{ request: given, response: none }], (message) => problems.push(message));
  const added = built.requestHeadersToAdd.map(({ header, appendAction }) => {
    return `${header?.key}=${header?.value} ${Action[appendAction]}`;
  });
  return { added, removed: built.requestHeadersToRemove, host: built.host, problems };
}

describe('changes of headers', () => {
  it('set before they add, by name', () => {
    const { added, removed } = changes({ add: { c: '3', 'X-B': '2' }, set: { d: '4', a: '1' }, remove: ['X-Gone'] });
    assert.deepEqual(added, [
      'a=1 OVERWRITE_IF_EXISTS_OR_ADD',
      'd=4 OVERWRITE_IF_EXISTS_OR_ADD',
      'x-b=2 APPEND_IF_EXISTS_OR_ADD',
      'c=3 APPEND_IF_EXISTS_OR_ADD',
    ]);
    assert.deepEqual(removed, ['x-gone']);
  });

  it('of the host are a rewrite', () => {
    const { added, host, problems } = changes({ set: { Host: 'x.example.com' } });
    assert.deepEqual([added, host, problems], [[], 'x.example.com', []]);
  });

  it('leave alone what Envoy does not let go of', () => {
    const { added, removed, problems } = changes({
      set: { ':path': '/' },
      add: { host: 'x' },
      remove: ['Host', ':method'],
    });
    assert.deepEqual([added, removed], [[], []]);
    assert.equal(problems.length, 4);
  });

  it('leave out values that no header has', () => {
    const { added, problems } = changes({ set: { a: 'x\r\ny: z', b: 'x'.repeat(20_000), c: '\u0000' } });
    assert.deepEqual(added, []);
    assert.equal(problems.length, 3);
  });

  it("keep Envoy's commands, and take other percent signs for what they are", () => {
    const { added } = changes({ set: { a: '%PROTOCOL%', b: '100%', c: '%NO_SUCH%' } });
    const values = added.map((one) => one.replace(/ .*/, ''));
    assert.deepEqual(values, ['a=%PROTOCOL%', 'b=100%%', 'c=%%NO_SUCH%%']);
  });

  it('take hostile names for names', () => {
    const { added } = changes({ set: JSON.parse('{"__proto__": "1"}') as Record<string, string> });
    assert.deepEqual(added, ['__proto__=1 OVERWRITE_IF_EXISTS_OR_ADD']);
  });
});
