import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { keepProbeFile } from '../../src/mixer/probe-file.js';
import { MemoryLog } from '../support/memory-log.js';
import { tempFolder } from '../support/temp-folder.js';

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

describe('keepProbeFile()', () => {
  const folder = tempFolder();

  it('touches the file while healthy, removes it while not, and at the end', async () => {
    const path = join(folder, 'probe');
    let healthy = true;
    const stop = keepProbeFile({ path, intervalMillis: 4, healthy: () => healthy, log: new MemoryLog() });
    await until(() => existsSync(path));
    rmSync(path);
    await until(() => existsSync(path));
    healthy = false;
    await until(() => !existsSync(path));
    healthy = true;
    await until(() => existsSync(path));
    await stop();
    assert.ok(!existsSync(path));
  });

  it('logs that the file cannot be written', async () => {
    const log = new MemoryLog();
    const path = join(folder, 'missing', 'probe');
    const stop = keepProbeFile({ path, intervalMillis: 10_000, healthy: () => true, log });
    await until(() => log.lines.length > 0);
    assert.equal(log.lines[0]?.message, 'probe file cannot be updated');
    await stop();
  });
});
