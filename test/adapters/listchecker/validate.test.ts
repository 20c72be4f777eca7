import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import listchecker from 'fairlead/adapters/listchecker';
import { decodeParams } from 'fairlead/testing';

function problemsOf(params: string): readonly string[] {
  return decodeParams(listchecker, params).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('listchecker validation', () => {
  const noUrls = [
    'Foo',
    ':',
    'http:',
    'http://',
    'http:///FOO',
    '//host/path',
    'http://a b/',
    'ftp://host/list',
    'file:///a',
  ];
  for (const url of noUrls) {
    test(`refuses the provider "${url}"`, () => {
      assert.deepEqual(problemsOf(`providerUrl: "${url}"`), ['providerUrl: must be an http or https URL with a host']);
    });
  }

  test('does not repeat a password', () => {
    assert.doesNotMatch(problemsOf('providerUrl: "ftp://ann:secret@host"').join(), /secret/);
  });

  for (const url of ['http://host', 'HTTPS://user@host:8080/list?a=b', 'http://[::1]/list', 'http://a:p%@host/']) {
    test(`takes the provider "${url}"`, () => assert.deepEqual(problemsOf(`providerUrl: "${url}"`), []));
  }

  test('wants room and time for a fetch', () => {
    assert.deepEqual(problemsOf('providerUrl: http://host\nfetchTimeout: 0s\nmaxBytes: 0'), [
      'fetchTimeout: must be more than 0s',
      'maxBytes: must be at least 1',
    ]);
  });

  test('takes the shortest times, and no shorter ones', () => {
    const times = (refresh: string, ttl: string): readonly string[] =>
      problemsOf(`providerUrl: http://host\nrefreshInterval: ${refresh}\nttl: ${ttl}`);
    assert.deepEqual(times('1s', '1s'), []);
    assert.deepEqual(times('999ms', '1s'), ['refreshInterval: must be at least 1s']);
    assert.deepEqual(times('2s', '1999ms'), ['ttl: must not be shorter than refreshInterval']);
  });

  test('looks at refresh interval and ttl only beside a provider', () => {
    const times = 'refreshInterval: 0s\nttl: -1s\nfetchTimeout: 1s';
    assert.deepEqual(problemsOf(times), []);
    assert.equal(problemsOf(`${times}\nproviderUrl: http://host`).length, 2);
  });

  test('names every bad entry', () => {
    const paths = decodeParams(listchecker, 'entryType: IP_ADDRESSES\noverrides: [1.2.3.4, x, "", 1.2.3.4/33]');
    assert.deepEqual(
      paths.problems.map(({ path }) => path),
      ['overrides[1]', 'overrides[2]', 'overrides[3]'],
    );
  });
});
