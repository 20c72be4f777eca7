import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { checknothing, metric, quota } from 'fairlead/templates';
import { fakeCall, sampleInstance, sampleTypes } from 'fairlead/testing';
import { BackendServer, failure } from './backend-server.js';
import { createBypass, noTypes, type Types } from './support.js';

const check = sampleInstance(checknothing, { name: 'c' });
const withSession =
  'session_based: true\nparams: { "@type": t/google.protobuf.Struct, value: { on: true, n: [1.5, x, null], m: { a: b } } }';

describe('a session of bypass', () => {
  let backend: BackendServer;
  before(async () => {
    backend = await BackendServer.start();
  });
  afterEach(() => {
    backend.answers.clear();
    backend.received.length = 0;
  });
  after(() => backend.stop());

  const instanceTypes: Types = {
    ...noTypes,
    checknothing: new Map([['c', {}]]),
    metric: new Map([['m', sampleTypes(metric, sampleInstance(metric))]]),
    quota: new Map([['q', sampleTypes(quota, sampleInstance(quota))]]),
  };

  it('is opened with configuration and types, stands for the configuration in calls, and is closed', async () => {
    backend.answers.set('CreateSession', () => ({ session_id: 'session-1' }));
    const { handler, close } = await createBypass(backend.address, withSession, instanceTypes);
    await handler.handleCheckNothing(check, fakeCall());
    await close();
    await close();
    assert.deepEqual(
      backend.received.map(({ method }) => method),
      ['Validate', 'CreateSession', 'HandleCheckNothing', 'CloseSession'],
    );
    const [validated, created, called, closed] = backend.received.map(({ request }) => request);
    assert.deepEqual(validated, created);
    assert.equal(created?.['adapter_config'].type_url, 't/google.protobuf.Struct');
    assert.deepEqual(Object.keys(created['inferred_types'] as object).sort(), ['c', 'm', 'q']);
    assert.equal(created['inferred_types'].m.type_url, 'type.googleapis.com/metric.Type');
    assert.deepEqual(called?.['adapter_config'], {
      type_url: 'google.protobuf.Any.type_url',
      value: Buffer.from('session-1'),
    });
    assert.deepEqual(closed, { session_id: 'session-1' });
  });

  it('describes the types of instances by their numbers', async () => {
    const { close } = await createBypass(backend.address, 'session_based: true', instanceTypes);
    const [request] = await backend.requests('CreateSession');
    const types = request?.['inferred_types'];
    assert.deepEqual(backend.decode('metric.Type', types.m.value), {
      value: 1,
      dimensions: { text: 1, count: 2, ratio: 3, flag: 4, time: 5, elapsed: 10, address: 6, labels: 11 },
      monitored_resource_dimensions: {
        ...{ text: 1, count: 2, ratio: 3, flag: 4, time: 5, elapsed: 10, address: 6, labels: 11 },
      },
    });
    assert.equal(backend.decode('quota.Type', types.q.value)['dimensions'].address, 6);
    assert.equal(types.c.value, undefined);
    await close();
  });

  it('is refused with the words of the backend, and the build fails', async () => {
    backend.answers.set('Validate', () => ({ status: { code: 3, message: 'no key' } }));
    await assert.rejects(createBypass(backend.address, withSession), {
      message: 'params: validation error: 3/no key',
    });
    backend.answers.clear();
    backend.answers.set('CreateSession', () => ({ status: { code: 8, message: 'full' } }));
    await assert.rejects(createBypass(backend.address, withSession), { message: 'session not created: 8/full' });
    backend.answers.set('Validate', () => failure(12, 'not here'));
    await assert.rejects(createBypass(backend.address, withSession), /UNIMPLEMENTED: not here/);
  });

  it('is given up when the backend does not close it', async () => {
    backend.answers.set('CloseSession', () => ({ status: { code: 5, message: 'which?' } }));
    const { close, env } = await createBypass(backend.address, 'session_based: true');
    await close();
    assert.deepEqual(env.logged.at(-1), {
      level: 'warn',
      message: 'session not closed',
      fields: { session: '', error: 'session not closed: 5/which?' },
    });
  });
});
