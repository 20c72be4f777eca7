import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createAuthorize } from '../../../src/adapters/servicecontrol/auth.js';
import { tempFolder } from '../../support/temp-folder.js';

describe('createAuthorize()', () => {
  const folder = tempFolder();
  const file = (text: string): string => {
    const path = join(folder, 'key.json');
    writeFileSync(path, text);
    return path;
  };

  it('has nothing to show without a file', async () => {
    assert.equal(await (await createAuthorize(''))(new AbortController().signal), undefined);
  });

  it('says which file is not there or not what it should be, and never quotes it', async () => {
    await assert.rejects(createAuthorize(join(folder, 'missing.json')), /missing\.json/);
    for (const text of ['-----BEGIN', '[]', 'null', '{"client_email":"a"}', '{"client_email":"a","private_key":7}']) {
      await assert.rejects(createAuthorize(file(text)), {
        message: `the credentials in "${join(folder, 'key.json')}" are no key of a service account`,
      });
    }
  });
});
