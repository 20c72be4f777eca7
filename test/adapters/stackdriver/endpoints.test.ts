import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpointsOf } from '../../../src/adapters/stackdriver/endpoints.js';

const none = { endpoint: '', monitoringEndpoint: '', loggingEndpoint: '', traceEndpoint: '' };

describe('endpointsOf()', () => {
  it("has Google's own hosts when nothing is configured", () => {
    assert.deepEqual(endpointsOf(none), {
      monitoring: 'https://monitoring.googleapis.com',
      logging: 'https://logging.googleapis.com',
      trace: 'https://cloudtrace.googleapis.com',
    });
  });

  it('has one endpoint for all, which may be a host as for Mixer, and one of an API goes before it', () => {
    assert.deepEqual(endpointsOf({ ...none, endpoint: 'proxy:443', loggingEndpoint: 'http://127.0.0.1:9/google/' }), {
      monitoring: 'https://proxy:443',
      logging: 'http://127.0.0.1:9/google',
      trace: 'https://proxy:443',
    });
  });
});
