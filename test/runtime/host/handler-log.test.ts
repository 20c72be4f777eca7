import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HandlerLog } from '../../../src/runtime/host/handler-log.js';
import { MemoryLog } from '../../support/memory-log.js';

describe('HandlerLog', () => {
  it('names the adapter in the message and the handler in the fields', () => {
    const memory = new MemoryLog();
    const log = new HandlerLog(memory, { handler: 'h.default', adapter: 'list' });
    log.info('refreshed', { entries: 3 });
    log.warn('stale');
    log.error('gone', { handler: 'forged' });
    assert.deepEqual(memory.lines, [
      { level: 'info', message: 'adapter/list: refreshed', fields: { entries: 3, handler: 'h.default' } },
      { level: 'warn', message: 'adapter/list: stale', fields: { handler: 'h.default' } },
      { level: 'error', message: 'adapter/list: gone', fields: { handler: 'h.default' } },
    ]);
  });

  it('drops debug lines that nobody reads', () => {
    const memory = new MemoryLog();
    const log = new HandlerLog(memory, { handler: 'h', adapter: 'list' });
    log.debug('a');
    memory.debugEnabled = true;
    assert.equal(log.debugEnabled, true);
    log.debug('b');
    assert.deepEqual(
      memory.lines.map((line) => line.message),
      ['adapter/list: b'],
    );
  });
});
