import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { findConfigFiles } from '../../../src/cli/opa/config-files.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('findConfigFiles()', () => {
  it('finds YAML files in folders, by name, and takes files as they are given', async () => {
    const folder = tempFolder({ 'b.yml': '', 'a.yaml': '', 'c.json': '' });
    mkdirSync(join(folder, 'd'));
    writeFileSync(join(folder, 'd', 'e.yaml'), '');
    const other = tempFolder({ 'f.txt': '' });
    assert.deepEqual(
      (await findConfigFiles([folder, join(other, 'f.txt')])).map(({ name }) => name),
      ['a.yaml', 'b.yml', join('d', 'e.yaml'), 'f.txt'],
    );
  });
});
