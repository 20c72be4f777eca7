import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fakeEnv } from 'fairlead/testing';
import * as library from 'google-auth-library';
import { createTokens, type TokensOptions } from '../../../src/adapters/stackdriver/auth.js';
import { endpointsOf } from '../../../src/adapters/stackdriver/endpoints.js';
import { tempFolder } from '../../support/temp-folder.js';

const none = { appCredentials: undefined, apiKey: undefined, serviceAccountPath: undefined };
const signal = new AbortController().signal;

describe('createTokens()', () => {
  const folder = tempFolder();
  const create = async (config: Partial<TokensOptions['config']>, endpoint = 'http://127.0.0.1:1') => {
    const env = fakeEnv();
    const endpoints = endpointsOf({ endpoint, monitoringEndpoint: '', loggingEndpoint: '', traceEndpoint: '' });
    const fields = { ...none, ...config };
    const tokens = await createTokens({ library, config: fields, endpoints, projectId: 'p', log: env.log });
    return { tokens, logged: env.logged.map(({ level, message }) => `${level}: ${message}`) };
  };

  it('has none for plain http when nothing is said', async () => {
    const { tokens } = await create({});
    assert.equal(await tokens.authorization(signal), undefined);
  });

  it('warns of an api key, and of a file that is not there, and asks nobody yet', async () => {
    const { logged } = await create({ apiKey: 'x' });
    assert.deepEqual(logged, ['warn: api keys are not supported any more, using application default credentials']);
    const missing = await create({ serviceAccountPath: join(folder, 'missing.json') });
    assert.deepEqual(missing.logged, ['warn: there is no such file, using application default credentials']);
  });

  it('looks for the default credentials when a token is needed, no longer than the signal lets it', async (t) => {
    const path = join(folder, 'adc.json');
    writeFileSync(
      path,
      JSON.stringify({ type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' }),
    );
    const before = process.env['GOOGLE_APPLICATION_CREDENTIALS'];
    t.after(() => {
      if (before === undefined) delete process.env['GOOGLE_APPLICATION_CREDENTIALS'];
      else process.env['GOOGLE_APPLICATION_CREDENTIALS'] = before;
    });
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = path;
    const abort = new AbortController();
    const { tokens } = await create({ appCredentials: true });
    abort.abort(new Error('given up'));
    // Without the signal it would ask Google.
    await assert.rejects(tokens.authorization(abort.signal), { message: 'given up' });
  });

  it('refuses a file that is no key, and never quotes it', async () => {
    const path = join(folder, 'key.json');
    for (const text of ['-----BEGIN', '[]', 'null', '{"client_email":"a"}', '{"client_email":"a","private_key":7}']) {
      writeFileSync(path, text);
      await assert.rejects(create({ serviceAccountPath: path }), {
        message: `the file "${path}" is no key of a service account`,
      });
    }
    await assert.rejects(create({ serviceAccountPath: folder }), /EISDIR/);
  });
});
