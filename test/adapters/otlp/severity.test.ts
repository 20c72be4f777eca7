import assert from 'node:assert/strict';
import { test } from 'node:test';
import { severityNumber } from '../../../src/adapters/otlp/severity.js';

const none = new Map();

test('common names have the numbers of the log data model, in any case', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['trace', 1],
    ['DEBUG', 5],
    ['Info', 9],
    ['Default', 9],
    ['notice', 10],
    ['warning', 13],
    ['WARN', 13],
    ['Err', 17],
    ['error', 17],
    ['Critical', 18],
    ['alert', 19],
    ['Emergency', 21],
    ['FATAL', 21],
  ];
  for (const [text, number] of rows) assert.equal(severityNumber(text, none), number, text);
});

test('what is configured goes first, exactly as it is written', () => {
  const own = new Map([['info', 'FATAL' as const]]);
  assert.equal(severityNumber('info', own), 21);
  assert.equal(severityNumber('Info', own), 9);
});

test('other texts are not known', () => {
  for (const text of ['', 'odd', '__proto__', 'x'.repeat(2 ** 20)]) assert.equal(severityNumber(text, none), 0);
});
