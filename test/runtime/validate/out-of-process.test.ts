import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { outOfProcess } from '../../../src/runtime/validate/out-of-process.js';
import { doc, judge } from '../../support/toys.js';

describe('outOfProcess', () => {
  it('refuses adapters for now', () => {
    const info = '{ description: , session_based: false, templates: [metric], config: Q2c= }';
    assert.deepEqual(judge(outOfProcess, doc('adapter', 'a', info)), ['1:7 error NOT_SUPPORTED_YET']);
  });

  it('passes over templates, telling', () => {
    assert.deepEqual(judge(outOfProcess, doc('template', 'metric', '{ descriptor: Q2c= }')), [
      '1:7 info NOT_SUPPORTED_YET',
    ]);
  });

  it('reports what cannot be decoded instead', () => {
    assert.deepEqual(judge(outOfProcess, doc('template', 'metric', '{ nope: Q2c= }')), ['3:9 error UNKNOWN_FIELD']);
  });

  it('says nothing about other kinds', () => {
    assert.deepEqual(judge(outOfProcess, doc('rule', 'a', '{}')), []);
  });
});
