import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { RpcError } from '../../src/mixer/host.js';
import { toRpcError } from '../../src/mixer/rpc-status.js';
import { type ErrorCode, MixerError } from '../../src/util/errors.js';

describe('toRpcError()', () => {
  const cases: [ErrorCode, check: number, report: number][] = [
    ['MALFORMED_MESSAGE', 13, 13],
    ['DICTIONARY_MISMATCH', 13, 13],
    ['PREPROCESS_FAILED', 13, 2],
    ['DISPATCH_FAILED', 13, 2],
    ['UNAVAILABLE', 14, 14],
    ['INTERNAL', 13, 13],
  ];
  for (const [code, check, report] of cases) {
    it(`answers ${code} with ${check} to Check and ${report} to Report`, () => {
      assert.equal(toRpcError(new MixerError(code, 'm'), 'Check').status, check);
      assert.equal(toRpcError(new MixerError(code, 'm'), 'Report').status, report);
    });
  }

  it('keeps the message', () => assert.equal(toRpcError(new MixerError('INTERNAL', 'why'), 'Check').details, 'why'));
  it('answers what is no error of ours with INTERNAL', () => {
    assert.equal(toRpcError(new TypeError('bug'), 'Report').status, 13);
    assert.equal(toRpcError('text', 'Report').details, 'text');
  });
  it('lets an RpcError through', () => {
    const error = new RpcError(12, 'x');
    assert.equal(toRpcError(error, 'Check'), error);
  });
});
