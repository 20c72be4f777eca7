import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '../../../src/config/index.js';
import { MixerError } from '../../../src/util/errors.js';
import { Folder, rules, summary } from './folder.js';

const watch = () => ({ close: () => Promise.resolve() });
const timers = { after: () => () => undefined };

async function read(url: string): Promise<string> {
  const store = openStore(url, { defaultNamespace: 'default', timers, watch });
  await store.start();
  await store.close();
  return summary(store.current());
}

describe('openStore()', () => {
  it('opens folders and files, absolute or relative, with or without percent signs', async (t) => {
    const folder = new Folder(t);
    folder.write('my rules/100%.yaml', rules('a'));
    assert.equal(await read(`fs://${folder.path}/my rules`), 'a');
    assert.equal(await read(`fs://${folder.path}/my%20rules/`), 'a');
    assert.equal(await read(`fs://${folder.path}/my rules/100%.yaml`), 'a');
    assert.equal(await read('fs://./no/such/folder'), 'FILE_UNREADABLE');
  });

  for (const url of [
    '',
    'k8s://',
    'mcp://host:1',
    'mcps://host',
    'http://x',
    '/etc/conf',
    'fs:/x',
    'fs://',
    'fs://a%00b',
  ]) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      assert.throws(
        () => openStore(url, { defaultNamespace: 'default' }),
        (error) => error instanceof MixerError && error.code === 'USAGE' && error.message.includes('give fs://'),
      );
    });
  }
});
