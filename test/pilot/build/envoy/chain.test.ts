import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Chain, type ChainMatch, withoutOverlap } from '../../../../src/pilot/build/envoy/chain.js';
import { viewOf } from '../../support.js';

const work = { filters: [], references: [] };

function kept(...matches: readonly (readonly [owner: string, match: ChainMatch & { http?: boolean }])[]) {
  const problems: string[] = [];
  const context = { view: viewOf(''), options: { onProblem: (message: string) => void problems.push(message) } };
  const chains = matches.map(([owner, { http = false, ...match }]): Chain => ({
    name: 'c',
    owner,
    match,
    isPlainHttp: http,
    ...work,
  }));
  return { problems, chains: withoutOverlap(chains, 'port 1', context) };
}

describe('chains of a listener', () => {
  it('keep what no earlier one has, by name of the server and by address', () => {
    const { chains, problems } = kept(
      ['a', { transport: 'tls', serverNames: ['a.com', 'b.com', 'A.com'] }],
      ['b', { transport: 'tls', serverNames: ['B.com', 'c.com'] }],
      ['c', { transport: 'tls', serverNames: ['c.com'] }],
      ['d', { transport: 'tls', serverNames: ['c.com'], subnets: ['10.0.0.0/8'] }],
      ['e', { transport: 'tls' }],
      ['f', { transport: 'tls' }],
      ['g', { subnets: ['10.0.0.0/8', '10.0.0.1'] }],
      ['h', { subnets: ['10.1.2.3/8', '10.0.0.2', '10.0.0.2/32'] }],
      ['i', {}],
      ['i', {}],
      ['j', { port: 5 }],
    );
    const shown = chains.map(({ owner, match }) =>
      [owner, ...(match.serverNames ?? []), ...(match.subnets ?? [])].join(' '),
    );
    assert.deepEqual(shown, [
      'a A.com b.com',
      'b c.com',
      'd c.com 10.0.0.0/8',
      'e',
      'g 10.0.0.0/8 10.0.0.1',
      'h 10.0.0.2/32',
      'i',
      'j',
    ]);
    assert.deepEqual(problems, [
      'b loses port 1 to a',
      'c loses port 1 to b',
      'f loses port 1 to e',
      'h loses port 1 to g',
    ]);
  });

  it('have names of their own', () => {
    const { chains } = kept(['a', { port: 1 }], ['a', { port: 2 }], ['a', { port: 3 }]);
    assert.deepEqual(
      chains.map(({ name }) => name),
      ['c', 'c#2', 'c#3'],
    );
  });

  it('for plain HTTP take no TLS from others, but all when they are alone', () => {
    const alone = kept(['a', { http: true }]).chains;
    const beside = kept(['a', { http: true }], ['b', { transport: 'tls' }]).chains;
    assert.deepEqual([alone[0]?.match.transport, beside[0]?.match.transport], [undefined, 'raw_buffer']);
  });
});
