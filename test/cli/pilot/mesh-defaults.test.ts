import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readMeshDefaults, withMesh } from '../../../src/cli/pilot/mesh-defaults.js';
import type { PilotFlags } from '../../../src/cli/pilot/pilot-flags.js';
import { createModel } from '../../../src/pilot/index.js';
import { storeOf } from '../../pilot/support.js';
import { tempFolder } from '../../support/temp-folder.js';

const folder = tempFolder({
  'bare.yaml': 'trustDomain: said\naccessLogFile: ""\nconnectTimout: 3s\n',
  'whole.yaml': 'kind: MeshConfig\nmetadata: { name: mesh }\nspec: { domain: whole.example }\n',
});
const flags = (given: Partial<PilotFlags>) =>
  ({ domain: 'd.example', trustDomain: 'td', ...given }) as unknown as PilotFlags;
const modelOf = async (given: Partial<PilotFlags>, yaml = '') => {
  const store = { ...storeOf(yaml), start: () => Promise.resolve(), close: () => Promise.resolve() };
  const laid = withMesh(store, await readMeshDefaults(flags(given), folder));
  assert.equal(laid.current(), laid.current());
  return createModel({ resources: laid.current().resources, registries: [] });
};

describe('what holds for the mesh', () => {
  it('is what the flags say', async () => {
    const { mesh } = await modelOf({});
    assert.deepEqual([mesh.domain, mesh.trustDomain], ['d.example', 'td']);
  });

  it('is what a file of bare fields says, over the flags, with mistakes told at their place', async () => {
    const { diagnostics } = await modelOf({ meshConfig: 'bare.yaml' });
    const [found] = diagnostics;
    assert.match(found?.message ?? '', /connectTimout/);
    assert.deepEqual([found?.file, found?.line, found?.column], ['bare.yaml', 3, 1]);
  });

  it('is what a file with a resource says', async () => {
    assert.equal((await modelOf({ meshConfig: 'whole.yaml' })).mesh.domain, 'whole.example');
  });

  it('is what the folder says, if it has a MeshConfig of whatever name', async () => {
    const yaml = 'kind: MeshConfig\nmetadata: { name: other }\nspec: { domain: folder.example }\n';
    const { mesh, diagnostics } = await modelOf({}, yaml);
    assert.equal(mesh.domain, 'folder.example');
    assert.deepEqual(diagnostics, []);
  });

  it('cannot be read from a file that is not there', async () => {
    await assert.rejects(modelOf({ meshConfig: 'no.yaml' }), { code: 'USAGE' });
  });
});
