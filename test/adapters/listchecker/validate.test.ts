import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import listchecker from 'fairlead/adapters/listchecker';
import { decodeParams } from 'fairlead/testing';

function problemsOf(params: string): readonly string[] {
  return decodeParams(listchecker, params).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('listchecker validation', () => {
  for (const url of ['Foo', ':', 'http:', 'http://', 'http:///FOO', '//host/path', 'http://a b/']) {
    test(`refuses the provider "${url}"`, () => {
      assert.deepEqual(problemsOf(`providerUrl: "${url}"`), [
        `providerUrl: must be a URL with scheme and host, not "${url}"`,
      ]);
    });
  }

  for (const url of ['http://host', 'https://user@host:8080/list?a=b', 'http://[::1]/list', 'ftp://host/FOO']) {
    test(`says of the provider "${url}" that fetching is not there yet`, () => {
      const [problem, ...rest] = problemsOf(`providerUrl: "${url}"`);
      assert.match(problem ?? '', /^providerUrl: .* not supported yet/);
      assert.deepEqual(rest, []);
    });
  }

  test('looks at refresh interval and ttl only beside a provider', () => {
    const times = 'refreshInterval: 0s\nttl: -1s';
    assert.deepEqual(problemsOf(times), []);
    assert.equal(problemsOf(`${times}\nproviderUrl: http://host`).length, 3);
  });

  test('accepts a ttl as long as the refresh interval', () => {
    assert.equal(problemsOf('providerUrl: http://host\nrefreshInterval: 1s\nttl: 1s').length, 1);
  });

  test('names every bad entry', () => {
    const paths = decodeParams(listchecker, 'entryType: IP_ADDRESSES\noverrides: [1.2.3.4, x, "", 1.2.3.4/33]');
    assert.deepEqual(
      paths.problems.map(({ path }) => path),
      ['overrides[1]', 'overrides[2]', 'overrides[3]'],
    );
  });
});
