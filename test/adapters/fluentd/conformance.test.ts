import { test } from 'node:test';
import fluentd from 'fairlead/adapters/fluentd';
import { adapterSuite } from 'fairlead/testing';

// Nothing listens there: the suite is about the handler, which must behave without a server too.
const server = 'address: 127.0.0.1:1';

adapterSuite({
  test,
  adapter: fluentd,
  configs: {
    good: [
      server,
      `${server}\neventMode: PACKED_FORWARD\nrequireAck: true\nsubSecondPrecision: true`,
      `${server}\ninteger_duration: true\ninstance_buffer_size: 10000\nmax_batch_size_bytes: "1000000"`,
      `${server}\npushIntervalDuration: 1s\npush_timeout_duration: 5s\ntls: { serverName: logs.example }`,
    ],
    bad: [
      { params: 'address: ""', path: 'address' },
      { params: 'address: dummy', path: 'address' },
      { params: 'maxBatchSizeBytes: -1', path: 'maxBatchSizeBytes' },
      { params: 'instanceBufferSize: -1', path: 'instanceBufferSize' },
      { params: 'pushIntervalDuration: -1s', path: 'pushIntervalDuration' },
      { params: 'pushTimeoutDuration: -1s', path: 'pushTimeoutDuration' },
      { params: 'eventMode: FORWARD', path: 'eventMode' },
      { params: 'tls: { certFile: a }', path: 'tls.keyFile' },
      { params: 'security: { clientHostname: a }', path: 'security.sharedKeyFile' },
      { params: 'security: { sharedKeyFile: a, passwordFile: b }', path: 'security.username' },
    ],
  },
  readme: new URL('../../../src/adapters/fluentd/README.md', import.meta.url),
});
