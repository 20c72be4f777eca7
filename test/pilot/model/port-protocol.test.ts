import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { protocolOfPort } from '../../../src/pilot/model/port-protocol.js';

describe('protocolOfPort()', () => {
  const rows: readonly [name: string, port: number, protocol: string][] = [
    ['http', 80, 'HTTP'],
    ['HTTP-admin', 80, 'HTTP'],
    ['http2-x', 80, 'HTTP2'],
    ['https', 443, 'HTTPS'],
    ['grpc', 1, 'GRPC'],
    ['grpc-web', 1, 'GRPC-Web'],
    ['grpc-web-a', 1, 'GRPC-Web'],
    ['grpc-webby', 1, 'GRPC'],
    ['tls-a', 1, 'TLS'],
    ['tcp', 1, 'TCP'],
    ['udp-dns', 53, 'UDP'],
    ['mongo', 1, 'MONGO'],
    ['redis-a', 1, 'REDIS'],
    ['mysql', 1, 'MYSQL'],
    ['httpx', 80, 'AUTO'],
    ['', 8080, 'AUTO'],
    ['a', 25, 'TCP'],
    ['a', 53, 'TCP'],
    ['a', 3306, 'TCP'],
    ['a', 27017, 'TCP'],
    ['http', 3306, 'HTTP'],
  ];
  for (const [name, port, protocol] of rows) {
    it(`takes "${name}" on ${port} for ${protocol}`, () => assert.equal(protocolOfPort(name, port), protocol));
  }
});
