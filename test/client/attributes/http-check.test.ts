import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { addRequestAttributes, type RequestFacts, Timestamp, type Value } from '../../../src/client/index.js';

const connection = { remoteAddress: Uint8Array.of(10, 0, 0, 1), isMutualTls: false };
const time = Date.UTC(2026, 0, 1);

function attributesOf(headers: Record<string, string>, given: Partial<RequestFacts> = {}): Record<string, Value> {
  const into = new Map<string, Value>();
  addRequestAttributes(into, { headers: new Map(Object.entries(headers)), wallMillis: time, connection, ...given });
  return Object.fromEntries(into);
}

describe('attributes of a request (1.3)', () => {
  it('are all there', () => {
    const headers = {
      ':method': 'GET',
      ':path': '/a/b?x=1&y&x=2&=z',
      ':authority': 'shop:8080',
      ':scheme': 'https',
      referer: 'there',
      'user-agent': 'curl',
      cookie: 'c',
    };
    assert.deepEqual(attributesOf({ ...headers, 'x-istio-attributes': 'AAAA' }), {
      'request.headers': new Map(Object.entries(headers)),
      'request.host': 'shop:8080',
      'request.method': 'GET',
      'request.path': '/a/b?x=1&y&x=2&=z',
      'request.url_path': '/a/b',
      'request.query_params': new Map([
        ['x', '1'],
        ['y', ''],
        ['', 'z'],
      ]),
      'request.referer': 'there',
      'request.useragent': 'curl',
      'request.scheme': 'https',
      'request.time': Timestamp.fromMillis(time),
      'context.protocol': 'http',
      'origin.ip': Uint8Array.of(10, 0, 0, 1),
      'connection.mtls': false,
    });
  });

  it('have defaults, and are left out where there is nothing to say', () => {
    assert.deepEqual(attributesOf({}, { connection: { remoteAddress: undefined, isMutualTls: false } }), {
      'request.host': '',
      'request.path': '',
      'request.url_path': '',
      'request.scheme': 'http',
      'request.time': Timestamp.fromMillis(time),
      'context.protocol': 'http',
      'connection.mtls': false,
    });
    assert.equal(attributesOf({ ':path': '/a?' })['request.query_params'], undefined);
    assert.equal(attributesOf({ host: 'shop' })['request.host'], 'shop');
  });

  const protocols: [string, string][] = [
    ['application/grpc', 'grpc'],
    ['application/grpc+proto', 'grpc'],
    ['application/grpc+json', 'grpc'],
    ['application/grpc-web', 'http'],
    ['application/grpc; charset=utf-8', 'http'],
    ['text/plain', 'http'],
  ];
  for (const [type, protocol] of protocols) {
    it(`say ${protocol} for ${type}`, () => {
      assert.equal(attributesOf({ 'content-type': type })['context.protocol'], protocol);
    });
  }

  it('say what the connection says', () => {
    const found = attributesOf(
      {},
      {
        connection: {
          remoteAddress: undefined,
          isMutualTls: true,
          serverName: 'shop.example',
          localPrincipal: 'cluster.local/ns/a/sa/b',
          peerPrincipal: 'cluster.local/ns/c/sa/d',
        },
      },
    );
    assert.equal(found['connection.mtls'], true);
    assert.equal(found['connection.requested_server_name'], 'shop.example');
    assert.equal(found['destination.principal'], 'cluster.local/ns/a/sa/b');
    assert.equal(found['source.principal'], 'cluster.local/ns/c/sa/d');
    assert.equal('source.ip' in found, false);
  });

  it('say what authentication found instead of the certificate, as far as it found it', () => {
    const certified = { ...connection, peerPrincipal: 'by-certificate' };
    const found = attributesOf(
      {},
      {
        connection: certified,
        authn: {
          sourcePrincipal: 'p',
          sourceNamespace: 'n',
          sourceUser: 'u',
          principal: 'iss/sub',
          audiences: 'aud',
          presenter: 'azp',
          rawClaims: '{}',
          claims: new Map<string, string | string[]>([
            ['sub', 's'],
            ['groups', ['a', 'b']],
          ]),
        },
      },
    );
    const names = Object.keys(found).filter((name) => /^(source|request\.auth)\./.test(name));
    assert.deepEqual(
      names.map((name) => [name, found[name]]),
      [
        ['source.principal', 'p'],
        ['source.namespace', 'n'],
        ['source.user', 'u'],
        ['request.auth.principal', 'iss/sub'],
        ['request.auth.audiences', 'aud'],
        ['request.auth.presenter', 'azp'],
        ['request.auth.raw_claims', '{}'],
        [
          'request.auth.claims',
          new Map([
            ['sub', 's'],
            ['groups', 'a,b'],
          ]),
        ],
      ],
    );
    const none = attributesOf({}, { connection: certified, authn: { principal: '', claims: new Map() } });
    assert.equal('source.principal' in none, false);
    assert.equal('request.auth.principal' in none, false);
    assert.equal('request.auth.claims' in none, false);
  });
});
