import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanHost, writeSyslogLine } from '../../../src/adapters/solarwinds/syslog-line.js';
import { Timestamp } from '../../../src/sdk/index.js';

const at = { time: new Timestamp(1_767_225_600, 999_000_000), host: 'node-1', program: 'istio[7]' };
const head = '<6>2026-01-01T00:00:00Z node-1 istio[7]: ';
const text = (payload: string) => Buffer.from(writeSyslogLine(payload, at)).toString();

describe('writeSyslogLine()', () => {
  it('has priority, time, host and program before the payload', () => {
    assert.equal(text('GET /'), `${head}GET /\n`);
  });

  it('is one line, whatever the payload has in it', () => {
    assert.equal(text(' a\r\n<0>b\u0000\u0085c\u2028d\n'), `${head}a <0>b c d\n`);
  });

  it('fits into a packet, cut between characters', () => {
    assert.equal(Buffer.byteLength(text('x'.repeat(2 ** 20))), 996);
    for (const lead of ['', 'a', 'aa', 'aaa']) {
      const line = text(lead + '😀'.repeat(2 ** 18));
      assert.ok(Buffer.byteLength(line) <= 996 && Buffer.byteLength(line) > 990, String(Buffer.byteLength(line)));
      assert.match(line, /^<6>[ -~]*😀+\n$/u);
    }
  });
});

describe('cleanHost()', () => {
  it('is a word', () => {
    assert.deepEqual(['node-1.x', 'a b\n', ''].map(cleanHost), ['node-1.x', 'a_b_', '-']);
    assert.equal(cleanHost('h'.repeat(300)).length, 120);
  });
});
