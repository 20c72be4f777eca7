import assert from 'node:assert/strict';
import { it } from 'node:test';
import { severityOf } from '../../../src/adapters/stackdriver/severity.js';

it('reads severities by name in any case, and has DEFAULT for all others', () => {
  const names = ['Default', 'debug', 'INFO', 'Notice', 'warning', 'Error', 'CRITICAL', 'alert', 'Emergency'];
  for (const name of names) assert.equal(severityOf(name), name.toUpperCase());
  for (const name of ['', 'warn', 'fatal', 'emergency!', 'x'.repeat(2 ** 20)])
    assert.equal(severityOf(name), 'DEFAULT');
});
