import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { createBuiltins } from '../../../src/adapters/opa/builtins.js';
import { FakeClock } from '../../../src/testing/index.js';

const builtins = createBuiltins(new FakeClock(Date.UTC(2026, 0, 2, 3, 4, 5))) as unknown as Readonly<
  Record<string, (...args: readonly unknown[]) => unknown>
>;
const call = (name: string, ...args: readonly unknown[]): unknown => builtins[name]!(...args);
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = `${part({ alg: 'HS256' })}.${part({ sub: 'ann' })}`;

describe('built-in functions', () => {
  const now = Date.UTC(2026, 0, 2, 3, 4, 5) * 1e6;
  const rows: readonly [name: string, args: readonly unknown[], result: unknown][] = [
    ['time.now_ns', [], now],
    ['time.clock', [now], [3, 4, 5]],
    ['time.date', [now], [2026, 1, 2]],
    ['time.parse_duration_ns', ['1m30s'], 90e9],
    ['time.parse_duration_ns', ['soon'], undefined],
    ['time.parse_rfc3339_ns', ['2026-01-02T03:04:05Z'], now],
    ['time.parse_rfc3339_ns', ['today'], undefined],
    ['trace', ['here'], true],
    ['urlquery.encode', ["a b&c=(d)'é~"], 'a+b%26c%3D%28d%29%27%C3%A9~'],
    ['urlquery.decode', ['a+b%26c'], 'a b&c'],
    ['urlquery.decode', ['%zz'], undefined],
    ['urlquery.encode_object', [{ b: ['2', '1'], a: 'x y' }], 'a=x+y&b=2&b=1'],
    ['io.jwt.decode', [`${unsigned}.AQI`], [{ alg: 'HS256' }, { sub: 'ann' }, '0102']],
    ['io.jwt.decode', ['a.b'], undefined],
    ['io.jwt.decode', ['bm8.bm8.bm8'], undefined],
    ['io.jwt.verify_hs256', ['nonsense', 'secret'], undefined],
    ['io.jwt.verify_rs256', ['nonsense', 'key'], undefined],
  ];
  for (const [name, args, result] of rows) {
    it(`${name}(${JSON.stringify(args).slice(1, -1)}) gives ${result === undefined ? 'nothing' : JSON.stringify(result)}`, () => {
      assert.deepEqual(call(name, ...args), result);
    });
  }

  it('io.jwt.verify_hs256 tells the right secret from others', () => {
    const signature = createHmac('sha256', 'secret').update(unsigned).digest('base64url');
    assert.equal(call('io.jwt.verify_hs256', `${unsigned}.${signature}`, 'secret'), true);
    assert.equal(call('io.jwt.verify_hs256', `${unsigned}.${signature}`, 'Secret'), false);
    assert.equal(call('io.jwt.verify_hs256', `${unsigned}.`, 'secret'), false);
  });

  it('io.jwt.verify_rs256 tells the right key from others', () => {
    const [ours, theirs] = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }));
    const token = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(ours!.privateKey, 'base64url')}`;
    const pem = (pair: typeof ours): unknown => pair!.publicKey.export({ type: 'spki', format: 'pem' });
    assert.equal(call('io.jwt.verify_rs256', token, pem(ours)), true);
    assert.equal(call('io.jwt.verify_rs256', token, pem(theirs)), false);
  });

  it('time.date refuses time zones rather than give another day', () => {
    assert.throws(() => call('time.date', [now, 'Asia/Tokyo']), /UTC/);
  });
});
