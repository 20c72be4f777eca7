import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RedirectAction_RedirectResponseCode as Code } from '../../../../src/gen/envoy/config/route/v3/route_components.js';
import { CorsPolicy } from '../../../../src/gen/envoy/extensions/filters/http/cors/v3/cors.js';
import { HTTPFault } from '../../../../src/gen/envoy/extensions/filters/http/fault/v3/fault.js';
import { resource, servicesOf } from '../../support.js';
import { build, clusterOf, describeRoutes } from './support.js';

const host = 'a.default.svc.cluster.local:80';
const route = 'route: [{ destination: { host: a } }]';

function rules(http: string, more = '', proxy = {}) {
  const yaml = servicesOf(['a', 'b']) + resource('VirtualService', 'v', `{ hosts: [a], http: [${http}] }`) + more;
  const built = build(yaml, proxy);
  return { routes: built.host('80', host), problems: built.problems };
}

function only(http: string, more = '') {
  const { routes, problems } = rules(http, more);
  const [first, ...others] = routes;
  assert.ok(first);
  assert.deepEqual(others, []);
  return { ...first, problems };
}

describe('matches of routes', () => {
  it('look at paths, headers and queries', () => {
    const match = `{ uri: { exact: /x }, method: { exact: GET }, headers: { X-A: { exact: "1" }, x-b: { prefix: p }, x-c: { regex: "r+" }, x-d: {} }, queryParams: { q: { exact: "1" }, r: { regex: a }, s: { prefix: p } }, ignoreUriCase: true }`;
    const { match: found } = only(`{ match: [${match}], ${route} }`);
    assert.deepEqual([found?.path, found?.caseSensitive], ['/x', false]);
    const headers = found?.headers.map(({ name, presentMatch, stringMatch: text }) => {
      return `${name} ${presentMatch ? 'present' : (text?.exact ?? text?.prefix ?? text?.safeRegex?.regex)}`;
    });
    assert.deepEqual(headers, [':method GET', 'x-a 1', 'x-b p', 'x-c r+', 'x-d present']);
    const queries = found?.queryParameters.map(({ name, presentMatch, stringMatch: text }) => {
      return `${name} ${presentMatch ? 'present' : (text?.exact ?? text?.safeRegex?.regex)}`;
    });
    assert.deepEqual(queries, ['q 1', 'r a', 's present']);
  });

  it('come in order, and end with what always matches', () => {
    const { routes } = rules(
      `{ match: [{ uri: { prefix: /p } }, { uri: { regex: "/r.*" } }], ${route} }, { ${route} }, { match: [{ uri: { exact: /late } }], ${route} }`,
    );
    const a = clusterOf('a');
    assert.deepEqual(describeRoutes(routes), [`/p* -> ${a}`, `/r.* -> ${a}`, `/* -> ${a}`]);
  });

  it('count labels of the caller', () => {
    const http = `{ match: [{ sourceLabels: { app: x } }], ${route} }, { route: [{ destination: { host: b } }] }`;
    assert.deepEqual(describeRoutes(rules(http).routes), [`/* -> ${clusterOf('b')}`]);
    assert.deepEqual(describeRoutes(rules(http, '', { labels: { app: 'x' } }).routes), [`/* -> ${clusterOf('a')}`]);
  });

  it('with an expression that Envoy refuses are left out and told of', () => {
    const { routes, problems } = rules(
      `{ name: r, match: [{ uri: { regex: "[a-z]{500}" } }], ${route} }, { ${route} }`,
    );
    assert.deepEqual(describeRoutes(routes), [`/* -> ${clusterOf('a')}`]);
    assert.deepEqual(problems, [
      `Envoy does not take the regular expression "[a-z]{500}", so its rule is left out: route "r" of VirtualService 'v'`,
    ]);
  });
});

describe('destinations of routes', () => {
  it('are one cluster with what it wants of headers, or shares', () => {
    const one = only(
      `{ route: [{ destination: { host: a }, headers: { request: { add: { x: "2" } } } }], headers: { request: { add: { x: "1" } } } }`,
    );
    assert.equal(one.route?.cluster, clusterOf('a'));
    assert.deepEqual(
      one.requestHeadersToAdd.map(({ header }) => header?.value),
      ['1', '2'],
    );
    const two = only(
      `{ route: [{ destination: { host: a }, weight: 90, headers: { response: { remove: [X] } } }, { destination: { host: b }, weight: 10 }] }`,
    );
    const [first] = two.route?.weightedClusters?.clusters ?? [];
    assert.deepEqual(describeRoutes([two]), [`/* -> ${clusterOf('a')}=90,${clusterOf('b')}=10`]);
    assert.deepEqual(first?.responseHeadersToRemove, ['x']);
  });

  it('tell requests apart by what their policies say', () => {
    const policy = (name: string, hash: string): string =>
      resource(
        'DestinationRule',
        name,
        `{ host: ${name}, trafficPolicy: { loadBalancer: { consistentHash: ${hash} } } }`,
      );
    const http = '{ route: [{ destination: { host: a }, weight: 50 }, { destination: { host: b }, weight: 50 }] }';
    const { route: action } = only(
      http,
      policy('a', '{ httpCookie: { name: c, ttl: 3s } }') + policy('b', '{ httpHeaderName: X-User }'),
    );
    const [cookie, header] = action?.hashPolicy ?? [];
    assert.deepEqual(cookie?.cookie, { name: 'c', path: '', ttl: { seconds: 3n, nanos: 0 } });
    assert.equal(header?.header?.headerName, 'X-User');
  });

  it('are mirrored as far as they are to be', () => {
    const mirrored = only(`{ ${route}, mirror: { host: b }, mirrorPercent: 30 }`).route?.requestMirrorPolicies;
    assert.equal(mirrored?.[0]?.cluster, clusterOf('b'));
    assert.equal(mirrored[0].runtimeFraction?.defaultValue?.numerator, 30);
    assert.deepEqual(only(`{ ${route}, mirror: { host: b }, mirrorPercent: 0 }`).route?.requestMirrorPolicies, []);
  });

  it('may be rewritten', () => {
    const { route: action } = only(`{ ${route}, rewrite: { uri: /y, authority: y.example.com } }`);
    assert.deepEqual([action?.prefixRewrite, action?.hostRewriteLiteral], ['/y', 'y.example.com']);
  });
});

describe('effects of routes', () => {
  it('end requests in time', () => {
    const { route: action } = only(`{ ${route}, timeout: 1.5s }`);
    assert.deepEqual(action?.timeout, { seconds: 1n, nanos: 500_000_000 });
    assert.equal(action.maxStreamDuration, undefined, 'Envoy would go by it alone');
  });

  it('try again as they say', () => {
    const policy = only(`{ ${route}, retries: { attempts: 3, perTryTimeout: 2s, retryOn: "5xx,409" } }`).route
      ?.retryPolicy;
    assert.equal(policy?.numRetries, 3);
    assert.equal(policy.retryOn, '5xx,retriable-status-codes');
    assert.deepEqual(policy.retriableStatusCodes, [409]);
    assert.deepEqual(policy.perTryTimeout, { seconds: 2n, nanos: 0 });
    assert.equal(policy.hostSelectionRetryMaxAttempts, 5n);
    assert.equal(only(`{ ${route}, retries: { attempts: 0 } }`).route?.retryPolicy, undefined);
  });

  it('redirect', () => {
    const { redirect } = only('{ redirect: { uri: /z, authority: z.example.com, redirectCode: 307 } }');
    assert.deepEqual(
      [redirect?.pathRedirect, redirect?.hostRedirect, redirect?.responseCode],
      ['/z', 'z.example.com', Code.TEMPORARY_REDIRECT],
    );
  });

  it('delay and abort', () => {
    const fault = '{ delay: { fixedDelay: 2s, percent: 10 }, abort: { httpStatus: 418, percentage: { value: 0.5 } } }';
    const any = only(`{ ${route}, fault: ${fault} }`).typedPerFilterConfig['envoy.filters.http.fault'];
    assert.ok(any);
    const { delay, abort } = HTTPFault.decode(any.value);
    assert.deepEqual([delay?.fixedDelay, delay?.percentage?.numerator], [{ seconds: 2n, nanos: 0 }, 100_000]);
    assert.deepEqual([abort?.httpStatus, abort?.percentage?.numerator], [418, 5000]);
  });

  it('abort with no status that Envoy does not know', () => {
    const { typedPerFilterConfig, problems } = only(
      `{ ${route}, fault: { abort: { httpStatus: 600, percent: 100 } } }`,
    );
    const any = typedPerFilterConfig['envoy.filters.http.fault'];
    assert.ok(any);
    assert.equal(HTTPFault.decode(any.value).abort, undefined);
    assert.deepEqual(problems, [`Envoy aborts with no status 600: route "" of VirtualService 'v'`]);
  });

  it('say which origins may call', () => {
    const policy =
      '{ allowOrigin: [x.example.com, "*"], allowMethods: [GET, PUT], maxAge: 60s, allowCredentials: true }';
    const any = only(`{ ${route}, corsPolicy: ${policy} }`).typedPerFilterConfig['envoy.filters.http.cors'];
    assert.ok(any);
    const { allowOriginStringMatch, allowMethods, maxAge, allowCredentials } = CorsPolicy.decode(any.value);
    assert.deepEqual(
      allowOriginStringMatch.map(({ exact }) => exact),
      ['x.example.com', '*'],
    );
    assert.deepEqual([allowMethods, maxAge, allowCredentials], ['GET,PUT', '60', true]);
  });

  it('are told by place and path in spans', () => {
    assert.equal(
      only(`{ match: [{ uri: { prefix: /p } }], ${route} }`).decorator?.operation,
      'a.default.svc.cluster.local:80/p*',
    );
    const split = '{ route: [{ destination: { host: a }, weight: 50 }, { destination: { host: b }, weight: 50 }] }';
    assert.equal(only(split).decorator?.operation, 'v:80/*');
  });
});
