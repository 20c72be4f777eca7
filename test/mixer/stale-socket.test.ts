import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { removeStaleSocket } from '../../src/mixer/stale-socket.js';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-socket-'));
after(() => rmSync(folder, { recursive: true }));

describe('removeStaleSocket()', () => {
  it('deletes a socket whose process was killed', async () => {
    const path = join(folder, 'stale.sock');
    const source = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', source]);
    assert.ok(existsSync(path));
    await removeStaleSocket(path);
    assert.ok(!existsSync(path));
  });

  it('leaves a socket that somebody listens on', async () => {
    const path = join(folder, 'live.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await removeStaleSocket(path);
    assert.ok(existsSync(path));
    server.close();
  });

  it('leaves a regular file', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, 'x');
    await removeStaleSocket(path);
    assert.ok(existsSync(path));
  });

  it('does not mind a missing path', () => removeStaleSocket(join(folder, 'missing')));
});
