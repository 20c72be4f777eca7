import assert from 'node:assert/strict';
import { test } from 'node:test';
import otlp from 'fairlead/adapters/otlp';
import { decodeParams } from 'fairlead/testing';
import { grpcEndpoint, httpUrl } from '../../../src/adapters/otlp/endpoint.js';

function config(params: string) {
  const { config, problems } = decodeParams(otlp, params);
  assert.deepEqual(problems, []);
  return config;
}

test('the path of a signal is put after that of the endpoint', () => {
  const rows = [
    ['endpoint: http://otel:4318', 'http://otel:4318/v1/traces'],
    ['endpoint: http://otel:4318/', 'http://otel:4318/v1/traces'],
    ['endpoint: https://otel/prefix', 'https://otel/prefix/v1/traces'],
    ['endpoint: https://otel/prefix/?key=a', 'https://otel/prefix/v1/traces?key=a'],
    ['headers: {}', 'http://localhost:4318/v1/traces'],
  ] as const;
  for (const [params, url] of rows) assert.equal(httpUrl(config(params), 'traces').href, url);
});

test('an endpoint of a signal is taken as it is', () => {
  const own = config('endpoint: http://a\nlogsEndpoint: https://b/in\nmetricsEndpoint: http://c');
  assert.equal(httpUrl(own, 'logs').href, 'https://b/in');
  assert.equal(httpUrl(own, 'metrics').href, 'http://c/');
  assert.equal(httpUrl(own, 'traces').href, 'http://a/v1/traces');
});

test('the scheme says whether gRPC is secured, without one the configuration does', () => {
  const rows = [
    ['endpoint: http://otel:4317', { target: 'otel:4317', isSecure: false }],
    ['endpoint: https://otel:443', { target: 'otel:443', isSecure: true }],
    ['endpoint: otel', { target: 'otel:4317', isSecure: true }],
    ['endpoint: "otel:80"\ntls: { insecure: true }', { target: 'otel:80', isSecure: false }],
    ['endpoint: http://otel\ntls: {}', { target: 'otel:4317', isSecure: false }],
    ['endpoint: "[::1]:4317"', { target: '[::1]:4317', isSecure: true }],
    ['headers: {}', { target: 'localhost:4317', isSecure: false }],
  ] as const;
  for (const [params, endpoint] of rows) {
    assert.deepEqual(grpcEndpoint(config(`protocol: GRPC\n${params}`), 'logs'), endpoint, params);
  }
});
