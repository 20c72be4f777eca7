import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openStore } from '../../../src/config/index.js';
import { createFileRegistry } from '../../../src/pilot/index.js';
import { tempFolder } from '../../support/temp-folder.js';
import { servicesOf } from '../support.js';

const folder = tempFolder({ 'services.yaml': servicesOf(['a']) });

it('a folder of files is a registry that notices changes', { timeout: 60_000 }, async () => {
  const store = openStore(`fs://${folder}`, { defaultNamespace: 'default' });
  try {
    await store.start();
    const registry = createFileRegistry(store);
    assert.equal(registry.services().length, 1);
    const changes = new EventTarget();
    registry.onChange(() => changes.dispatchEvent(new Event('change')));
    const changed = once(changes, 'change');
    writeFileSync(join(folder, 'services.yaml'), servicesOf(['a', 'b']));
    await changed;
    assert.deepEqual(
      registry.services().map(({ name }) => name),
      ['a', 'b'],
    );
  } finally {
    await store.close();
  }
});
