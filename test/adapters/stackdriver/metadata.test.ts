import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { fakeEnv } from 'fairlead/testing';
import * as library from 'google-auth-library';
import { readMetadata } from '../../../src/adapters/stackdriver/metadata.js';
import { type BackendAnswer, startHttpBackend } from '../../support/http-backend.js';

const { gcpMetadata } = library;
const flavor = { 'metadata-flavor': 'Google' };

describe('readMetadata()', () => {
  const before = process.env['GCE_METADATA_HOST'];
  afterEach(() => gcpMetadata.setGCPResidency(false));
  after(() => {
    if (before === undefined) delete process.env['GCE_METADATA_HOST'];
    else process.env['GCE_METADATA_HOST'] = before;
  });

  async function onGoogle(answers: Readonly<Record<string, BackendAnswer>>) {
    const backend = await startHttpBackend();
    backend.answer = ({ path }) => answers[path.replace('/computeMetadata/v1/', '')] ?? 404;
    process.env['GCE_METADATA_HOST'] = backend.url;
    gcpMetadata.setGCPResidency(true);
    return backend;
  }

  it('asks nobody elsewhere than on machines of Google', async () => {
    const backend = await onGoogle({});
    gcpMetadata.setGCPResidency(false);
    const found = await readMetadata(library, fakeEnv());
    assert.deepEqual(found, { projectId: '', location: '', clusterName: '' });
    assert.equal(backend.requests.length, 0);
    await backend.close();
  });

  it('knows project, cluster and location', async () => {
    const backend = await onGoogle({
      'project/project-id': { body: 'p', headers: flavor },
      'instance/attributes/cluster-name': { body: '7', headers: flavor },
      'instance/attributes/cluster-location': { body: 'us-east1', headers: flavor },
      'instance/zone': { body: 'projects/1/zones/us-east1-b', headers: flavor },
    });
    assert.deepEqual(await readMetadata(library, fakeEnv()), {
      projectId: 'p',
      location: 'us-east1',
      clusterName: '7',
    });
    await backend.close();
  });

  it('takes the zone where there is no cluster', async () => {
    const backend = await onGoogle({
      'project/project-id': { body: 'p', headers: flavor },
      'instance/zone': { body: 'projects/1/zones/us-east1-b', headers: flavor },
    });
    assert.deepEqual(await readMetadata(library, fakeEnv()), {
      projectId: 'p',
      location: 'us-east1-b',
      clusterName: '',
    });
    await backend.close();
  });

  it('waits two seconds for a server that hangs', async () => {
    const backend = await onGoogle({ 'project/project-id': 'hang', 'instance/zone': 'hang' });
    const env = fakeEnv();
    const reading = readMetadata(library, env);
    await backend.received(4);
    await env.clock.advance(2000);
    assert.deepEqual(await reading, { projectId: '', location: '', clusterName: '' });
    assert.equal(env.schedule.pending, 0);
    await backend.close();
  });
});
