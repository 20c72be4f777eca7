import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainMatch, ChainMatch_Transport as Transport } from '../../../src/gen/fairlead/proxy/v1/listener.js';
import { compileChainMatch } from '../../../src/proxy/listeners/chain-match.js';

type MatchFields = Parameters<typeof ChainMatch.fromPartial>[0] & { endsTls?: boolean };

function choose(chains: Readonly<Record<string, MatchFields | undefined>>) {
  const rules = Object.entries(chains).map(([value, fields]) => ({
    match: fields === undefined ? undefined : ChainMatch.fromPartial(fields),
    endsTls: fields?.endsTls === true,
    value,
  }));
  const match = compileChainMatch(rules);
  return (host = '10.0.0.1', port = 80, serverName?: string, isTls = serverName !== undefined) =>
    match({ destination: { host, port }, serverName, isTls });
}

test('a chain without a match takes everything, the first before others', () => {
  const chosen = choose({ one: undefined, two: undefined });
  assert.equal(chosen(), 'one');
  assert.equal(chosen('::1', 443, 'a.b'), 'one');
});

test('nothing is chosen where nothing fits', () => {
  const chosen = choose({ port: { destinationPort: 81 }, tls: { endsTls: true }, name: { serverNames: ['a.b'] } });
  assert.equal(chosen(), undefined);
  assert.equal(choose({})(), undefined);
});

test('an exact name goes before wildcards, and of these the longest; letters of any case are the same', () => {
  const chosen = choose({
    any: undefined,
    short: { serverNames: ['*.com'] },
    long: { serverNames: ['*.b.com', '*.x.org'] },
    exact: { serverNames: ['A.b.com'] },
  });
  assert.equal(chosen('10.0.0.1', 443, 'a.B.com'), 'exact');
  assert.equal(chosen('10.0.0.1', 443, 'x.b.com'), 'long');
  assert.equal(chosen('10.0.0.1', 443, 'y.x.b.com'), 'long');
  assert.equal(chosen('10.0.0.1', 443, 'b.com'), 'short');
  assert.equal(chosen('10.0.0.1', 443, 'com'), 'any');
  assert.equal(chosen('10.0.0.1', 443, '__proto__'), 'any');
  assert.equal(chosen('10.0.0.1', 443, 'a.b.com.'), 'any');
  assert.equal(chosen(), 'any');
});

test('the longest prefix goes before others, and before names', () => {
  const chosen = choose({
    all: { serverNames: ['a.b'] },
    wide: { destinationSubnets: ['10.0.0.0/8', '2001:db8::/32'] },
    narrow: { destinationSubnets: ['10.1.0.0/16', '192.0.2.7'] },
    other: { destinationSubnets: ['10.1.0.0/16'] },
  });
  assert.equal(chosen('10.2.0.1', 80, 'a.b'), 'wide');
  assert.equal(chosen('10.1.0.1'), 'narrow');
  assert.equal(chosen('::ffff:10.1.0.1'), 'narrow');
  assert.equal(chosen('192.0.2.7'), 'narrow');
  assert.equal(chosen('192.0.2.8'), undefined);
  assert.equal(chosen('2001:db8::1'), 'wide');
  assert.equal(chosen('192.0.2.8', 80, 'a.b'), 'all');
  assert.equal(chosen('no address'), undefined);
});

test('a port goes before everything else', () => {
  const chosen = choose({ subnet: { destinationSubnets: ['10.0.0.1'] }, port: { destinationPort: 80 } });
  assert.equal(chosen('10.0.0.1', 80), 'port');
  assert.equal(chosen('10.0.0.1', 81), 'subnet');
});

test('a transport goes last, and one that ends TLS takes nothing else', () => {
  const chosen = choose({
    any: undefined,
    plain: { transport: Transport.PLAINTEXT },
    ends: { endsTls: true },
    tls: { transport: Transport.TLS },
  });
  assert.equal(chosen(), 'plain');
  assert.equal(chosen('10.0.0.1', 80, undefined, true), 'ends');
});

test('what is no subnet is told of', () => {
  for (const text of ['10.0.0.0/33', 'x', '', '10.0.0.0/']) {
    assert.throws(() => choose({ one: { destinationSubnets: [text] } }), /is no subnet/);
  }
});
