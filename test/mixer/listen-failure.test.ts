import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listenFailure } from '../../src/mixer/listen-failure.js';

it('listenFailure says why and what to do, whoever wrapped the error', () => {
  const wrapped = new Error('No address added out of total 1 resolved errors: [listen EADDRINUSE: in use :::9091]');
  assert.equal(listenFailure(wrapped), 'something else listens there; end it or choose another address (EADDRINUSE)');
});

it('listenFailure keeps the text of an error it does not know', () => {
  assert.equal(listenFailure(new Error('EWHATEVER: odd')), 'EWHATEVER: odd');
});
