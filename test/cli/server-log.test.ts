import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { describe, it } from 'node:test';

import { parseLogLevels } from '../../src/cli/log-levels.js';
import { createServerLogs } from '../../src/cli/server-log.js';

function collector(): { stream: Writable; lines: () => string[] } {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  return { stream, lines: () => text.split('\n').slice(0, -1) };
}

describe('createServerLogs()', () => {
  it('writes text with tabs, fields at the end, the default scope unnamed', () => {
    const { stream, lines } = collector();
    const logs = createServerLogs({ stream, json: false, levelOf: () => 'info' });
    logs('default').info('up');
    logs('adapters').error('down', { handler: 'h', why: 'a b', count: 1 });
    assert.match(lines()[0] ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z\tinfo\tup$/);
    assert.match(lines()[1] ?? '', /Z\terror\tadapters\tdown\thandler=h\twhy="a b"\tcount=1$/);
  });

  it('writes JSON on demand', () => {
    const { stream, lines } = collector();
    createServerLogs({ stream, json: true, levelOf: () => 'info' })('api').warn('careful', { a: 1 });
    const { time, ...rest } = JSON.parse(lines()[0] ?? '') as Record<string, unknown>;
    assert.deepEqual(rest, { level: 'warn', scope: 'api', a: 1, msg: 'careful' });
    assert.ok(typeof time === 'string');
  });

  it('leaves out what is below the level of the scope', () => {
    const { stream, lines } = collector();
    const logs = createServerLogs({ stream, json: true, levelOf: parseLogLevels('default:error,adapters:debug') });
    logs('default').warn('quiet');
    logs('adapters').debug('loud');
    assert.equal(lines().length, 1);
    assert.equal(logs('adapters').debugEnabled, true);
    assert.equal(logs('default').debugEnabled, false);
  });
});
