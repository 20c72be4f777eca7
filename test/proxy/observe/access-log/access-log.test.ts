import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Headers } from '../../../../src/proxy/http/headers.js';
import type { Exchange } from '../../../../src/proxy/http/exchange.js';
import { createAccessLogFilter, createTcpAccessLog } from '../../../../src/proxy/observe/access-log/access-log.js';
import { observedOf } from '../../../../src/proxy/observe/observed.js';
import type { TcpConnection } from '../../../../src/proxy/tcp/types.js';
import { downstream } from '../../support.js';
import { answer, endpoint, makeExchange, route } from '../fixture.js';

interface Config {
  readonly format?: string;
  readonly json?: boolean;
}

function line(exchange: Exchange, config: Config = {}): string {
  const lines: string[] = [];
  const filter = createAccessLogFilter({ path: '/dev/stdout', json: false, format: '', ...config }, () => ({
    write: (text) => void lines.push(text),
  }));
  filter.onEnd?.(exchange);
  return lines.join('');
}

function answered(): Exchange {
  const exchange = makeExchange({
    headers: { 'user-agent': 'curl/7', 'x-request-id': 'id-1', 'x-forwarded-for': '1.2.3.4' },
    downstream: {
      tls: { serverName: 'reviews.local', peerUris: ['spiffe://a/b', 'spiffe://c'], localUris: ['spiffe://me'] },
    },
  });
  exchange.route = route();
  exchange.received = 5;
  exchange.sent = 178;
  answer(exchange, 200, 3, { 'x-envoy-upstream-service-time': '3' });
  return exchange;
}

describe('a line of the access log', () => {
  it('has the fields of Istio by default', () => {
    assert.equal(
      line(answered()),
      '[2020-09-13T12:26:40.000Z] "GET /reviews/1 HTTP/1.1" 200 - "-" "-" 5 178 4 3 "1.2.3.4" "curl/7" "id-1" ' +
        '"reviews:9080" "10.0.0.9:9080" outbound|9080||reviews - 10.0.0.2:15006 10.0.0.1:40000 reviews.local default\n',
    );
  });

  it('is whole when there is next to nothing to tell', () => {
    const exchange = makeExchange({ url: '/' });
    exchange.flags.add('DC');
    assert.equal(
      line(exchange),
      '[2020-09-13T12:26:40.000Z] "GET / HTTP/1.1" 0 DC "-" "-" 0 0 - - "-" "-" "-" "-" "-" - - 10.0.0.2:15006 ' +
        '10.0.0.1:40000 - -\n',
    );
  });

  it('is an object by Istio names as JSON', () => {
    const parsed = JSON.parse(line(answered(), { json: true })) as Record<string, string>;
    assert.equal(parsed['start_time'], '2020-09-13T12:26:40.000Z');
    assert.equal(parsed['response_code'], '200');
    assert.equal(parsed['bytes_sent'], '178');
    assert.equal(parsed['istio_policy_status'], '-');
    assert.equal(Object.keys(parsed).length, 23);
  });

  it('is an object by the names of the format as JSON', () => {
    const format = '{"who": "%REQ(USER-AGENT)% on %PROTOCOL%", "__proto__": "%RESPONSE_CODE%"}';
    assert.equal(line(answered(), { json: true, format }), '{"who":"curl/7 on HTTP/1.1","__proto__":"200"}\n');
  });

  const values: Readonly<Record<string, string>> = {
    plain: 'plain',
    '100%%': '100%',
    '%REQ(X-NONE?USER-AGENT)%': 'curl/7',
    '%REQ(user-agent?x-none):4%': 'curl',
    '%REQ(:SCHEME)%': 'http',
    '%RESP(X-Envoy-Upstream-Service-Time)%': '3',
    '%TRAILER(GRPC-STATUS)%': '14',
    '%RESPONSE_CODE_DETAILS%': 'via_upstream',
    '%RESPONSE_DURATION%': '3',
    '%RESPONSE_FLAGS%': 'UF,URX',
    '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%': '10.0.0.1',
    '%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%': '10.0.0.2',
    '%DOWNSTREAM_PEER_URI_SAN%': 'spiffe://a/b,spiffe://c',
    '%DOWNSTREAM_LOCAL_URI_SAN%': 'spiffe://me',
    '%DOWNSTREAM_TLS_VERSION%': '-',
    '%UPSTREAM_TRANSPORT_FAILURE_REASON%': 'ECONNREFUSED',
    '%DYNAMIC_METADATA(istio.mixer:status)%': 'PERMISSION_DENIED',
    '%DYNAMIC_METADATA(istio.mixer)%': '{"status":"PERMISSION_DENIED"}',
    '%DYNAMIC_METADATA(istio.mixer:constructor)%': '-',
    '%DYNAMIC_METADATA(none:status)%': '-',
    '%START_TIME(%Y/%m/%d %H:%M:%S.%3f %s)%': '2020/09/13 12:26:40.000 1600000000',
  };
  for (const [format, want] of Object.entries(values)) {
    it(`writes ${format}`, () => {
      const exchange = answered();
      exchange.trailers = new Headers(['grpc-status', '14']);
      exchange.flags.add('URX').add('UF');
      exchange.upstreamFailure = 'ECONNREFUSED';
      exchange.state.set('istio.mixer', { status: 'PERMISSION_DENIED' });
      assert.equal(line(exchange, { format }), want);
    });
  }

  it('names the caller that was believed', () => {
    const exchange = answered();
    observedOf(exchange).remote = { host: '2001:db8::1', port: 0 };
    const format = '%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS%';
    assert.equal(line(exchange, { format }), '[2001:db8::1]:0 10.0.0.1:40000');
  });

  it('stays one line whatever a peer sends', () => {
    const exchange = makeExchange({ headers: { 'user-agent': 'a\r\n[fake] "GET' } });
    assert.equal(line(exchange, { format: '%REQ(USER-AGENT)%\n' }), 'a??[fake] "GET\n');
  });
});

describe('a format of the access log', () => {
  const problems: Readonly<Record<string, RegExp>> = {
    '%NO_SUCH%': /unknown operator '%NO_SUCH%'/,
    '50% off': /no operator at '% off'/,
    '%PROTOCOL': /no operator at '%PROTOCOL'/,
    '%PROTOCOL(x)%': /'%PROTOCOL%' takes nothing in parentheses/,
    '%REQ%': /'%REQ%' wants something in parentheses/,
    '%REQ()%': /'%REQ%' wants something in parentheses/,
    '%REQ(A?B?C)%': /wants one name, or two/,
    '%START_TIME(%Q)%': /'%START_TIME%' does not know '%Q'/,
  };
  for (const [format, want] of Object.entries(problems)) {
    it(`is refused as ${format}`, () => assert.throws(() => line(makeExchange(), { format }), want));
  }

  it('is refused as JSON that is no object of texts', () => {
    for (const format of ['%PROTOCOL%', '[]', 'null', '{"a": 1}']) {
      assert.throws(() => line(makeExchange(), { json: true, format }), /access log format/);
    }
  });
});

describe('a line for a connection', () => {
  const connection: TcpConnection = {
    downstream: { ...downstream, destination: { host: '10.1.1.1', port: 3306 } },
    serverName: 'db.local',
    startedAt: 1_600_000_000_000,
    started: 10,
    ended: 1510.7,
    cluster: 'outbound|3306||db',
    endpoint: endpoint(),
    flags: new Set(),
    upstreamFailure: undefined,
    allowed: true,
    received: 7,
    sent: 9,
    state: new Map(),
  };

  it('has the same fields as that of a request', () => {
    const lines: string[] = [];
    const log = createTcpAccessLog({ path: '/log', json: false, format: '' }, (path) => ({
      write: (text) => void lines.push(path, text),
    }));
    log(connection);
    assert.deepEqual(lines, [
      '/log',
      '[2020-09-13T12:26:40.000Z] "- - -" 0 - "-" "-" 7 9 1500 - "-" "-" "-" "-" "10.0.0.9:9080" outbound|3306||db - ' +
        '10.1.1.1:3306 10.0.0.1:40000 db.local -\n',
    ]);
  });
});
