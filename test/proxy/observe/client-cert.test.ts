import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPrepareRequest } from '../../../src/proxy/observe/prepare-request.js';
import { makeExchange } from './fixture.js';

const name = 'x-forwarded-client-cert';

/** What services see of it. */
function seen(peerUris: readonly string[] | undefined, given: string | undefined, atEdge = false): string | undefined {
  const tls = { serverName: undefined, localUris: ['spiffe://td/ns/a/sa/me'], peerUris };
  const exchange = makeExchange({ headers: given === undefined ? {} : { [name]: given }, downstream: { tls } });
  createPrepareRequest({ useRemoteAddress: atEdge, tracing: undefined })(exchange);
  return exchange.request.headers.getAll(name);
}

test('services learn whose certificate a request came with, behind those before it', () => {
  const own = 'By=spiffe://td/ns/a/sa/me;URI=spiffe://td/ns/b/sa/you';
  assert.equal(seen(['spiffe://td/ns/b/sa/you'], undefined), own);
  assert.equal(seen(['spiffe://td/ns/b/sa/you'], 'By=x;URI=y'), `By=x;URI=y,${own}`);
  assert.equal(seen(['spiffe://td/ns/b/sa/you'], 'By=x;URI=y', true), own);
});

test('who shows no certificate cannot claim one, and no name pretends to be several', () => {
  assert.equal(seen(undefined, 'By=x;URI=forged'), undefined);
  assert.equal(seen(undefined, 'By=x;URI=forged', true), undefined);
  assert.equal(seen(['spiffe://td/a,URI=b;c'], undefined), 'By=spiffe://td/ns/a/sa/me;URI=spiffe://td/a%2CURI%3Db%3Bc');
});

test('a request in the clear loses what it claims', () => {
  const exchange = makeExchange({ headers: { [name]: 'URI=forged' }, downstream: { tls: undefined } });
  createPrepareRequest({ useRemoteAddress: false, tracing: undefined })(exchange);
  assert.equal(exchange.request.headers.has(name), false);
});
