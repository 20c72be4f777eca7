import assert from 'node:assert/strict';
import { it } from 'node:test';

import { SnapshotLog } from '../../src/mixer/snapshot-log.js';
import type { Snapshot } from '../../src/runtime/index.js';
import type { Diagnostic } from '../../src/util/diagnostics.js';
import { MemoryLog } from '../support/memory-log.js';

const finding = (severity: Diagnostic['severity'], message: string): Diagnostic => ({ severity, code: 'C', message });
const snapshot = (id: number, diagnostics: readonly Diagnostic[]): Snapshot =>
  ({ id, diagnostics, handlers: ['h'] }) as unknown as Snapshot;

it('SnapshotLog tells each finding once, at the level of its weight', () => {
  const log = new MemoryLog();
  const tell = new SnapshotLog(log);
  const [a, b, c] = [finding('error', 'a'), finding('warning', 'b'), finding('info', 'c')] as const;
  tell.announce(snapshot(1, [a, b, c]));
  tell.announce(snapshot(2, [a, finding('error', 'd')]));
  tell.announce(snapshot(3, [a, b]));
  assert.deepEqual(
    log.lines.map(({ level, message }) => `${level} ${message}`),
    [
      'info configuration 1 is live: 1 handler; 1 error, 1 warning, 1 note',
      'error error C: a',
      'warn warning C: b',
      'info info C: c',
      'info configuration 2 is live: 1 handler; 2 errors, 0 warnings, 0 notes',
      'error error C: d',
      'info configuration 3 is live: 1 handler; 1 error, 1 warning, 0 notes',
      'warn warning C: b',
    ],
  );
});
