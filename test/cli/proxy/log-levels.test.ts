import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { logLevelsOf } from '../../../src/cli/proxy/log-levels.js';
import { createServerLogs } from '../../../src/cli/server-log.js';

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

describe('logLevelsOf()', () => {
  it("lists and changes levels by Envoy's names", () => {
    const logs = createServerLogs({ stream: nowhere, json: true, levelOf: () => 'warn' });
    const levels = logLevelsOf(logs);
    const log = logs('default');
    logs('adapters');
    assert.deepEqual(
      [...levels.list()],
      [
        ['default', 'warning'],
        ['adapters', 'warning'],
      ],
    );
    assert.equal(levels.set('default', 'trace'), true);
    assert.equal(log.debugEnabled, true);
    assert.equal(levels.set('nobody', 'info'), false);
    assert.equal(levels.set(undefined, 'off'), true);
    assert.deepEqual(
      [...levels.list()],
      [
        ['default', 'off'],
        ['adapters', 'off'],
      ],
    );
  });
});
