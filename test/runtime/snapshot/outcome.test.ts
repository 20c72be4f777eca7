import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '../../../src/config/index.js';
import { broken, compileOrKeep, type Outcome, sound } from '../../../src/runtime/snapshot/outcome.js';
import type { Diagnostic } from '../../../src/util/diagnostics.js';
import { doc, resourcesOf } from '../../support/toys.js';

const error: Diagnostic = { severity: 'error', code: 'X', message: 'bad' };
const warning: Diagnostic = { severity: 'warning', code: 'W', message: 'hm' };
const version = (text: string): Resource => resourcesOf(doc('rule', 'r', `{ match: ${text} }`))[0]!;
const [good, worse] = [version('good'), version('worse')];
const compile = (resource: Resource): Outcome<string> => (resource === good ? sound('fine') : broken([error, warning]));

describe('compileOrKeep', () => {
  it('takes a sound version', () => {
    const { value, good: kept } = compileOrKeep(good, worse, compile);
    assert.deepEqual([value, kept], ['fine', good]);
  });

  it('keeps the last good version of a broken one and says so at the error', () => {
    const { value, good: kept, diagnostics } = compileOrKeep(worse, good, compile);
    assert.deepEqual([value, kept], ['fine', good]);
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      ['bad; the former version stays in force', 'hm'],
    );
  });

  it('has nothing when there was no good version', () => {
    assert.deepEqual(compileOrKeep(worse, undefined, compile), { ...broken([error, warning]), good: undefined });
  });

  it('has nothing when the last good version does not compile any more', () => {
    const { value, diagnostics } = compileOrKeep(worse, version('other'), compile);
    assert.equal(value, undefined);
    assert.equal(diagnostics[0]?.message, 'bad');
  });

  it('has nothing when the same version broke through something else', () => {
    let calls = 0;
    const { value } = compileOrKeep(worse, worse, () => {
      calls++;
      return broken([error]);
    });
    assert.deepEqual([value, calls], [undefined, 1]);
  });

  it('keeps a good version in mind that does not compile at the moment', () => {
    const nothing = (): Outcome<string> => broken([error]);
    assert.equal(compileOrKeep(worse, good, nothing).good, good);
    assert.equal(compileOrKeep(good, good, nothing).good, good);
  });

  it('uses what is left of an unsound version only when there is no better one', () => {
    const partly = (resource: Resource): Outcome<string> =>
      resource === good ? sound('fine') : { value: 'half', sound: false, diagnostics: [error] };
    assert.equal(compileOrKeep(worse, undefined, partly).value, 'half');
    assert.equal(compileOrKeep(worse, good, partly).value, 'fine');
  });
});
