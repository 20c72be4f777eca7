import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pid, platform } from 'node:process';
import { describe, it } from 'node:test';
import { findProcessId } from '../../../src/adapters/solarwinds/process-id.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('findProcessId()', () => {
  it('is the id of this process', { skip: platform !== 'linux' }, () => assert.equal(findProcessId(), String(pid)));

  it('is nothing where nobody tells', () => {
    const link = join(tempFolder(), 'self');
    assert.equal(findProcessId(link), undefined);
    symlinkSync('elsewhere', link);
    assert.equal(findProcessId(link), undefined);
  });
});
