import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AddressError, parseAddresses } from '../../../src/adapters/redisquota/address.js';

const plain = { encrypted: false, username: '', password: '', db: 0 };

describe('an address of Redis', () => {
  test('is host and port, or a host alone', () => {
    assert.deepEqual(parseAddresses('redis.default:6380'), {
      servers: [{ host: 'redis.default', port: 6380 }],
      ...plain,
    });
    assert.deepEqual(parseAddresses('localhost'), { servers: [{ host: 'localhost', port: 6379 }], ...plain });
    assert.deepEqual(parseAddresses('[::1]:7000').servers, [{ host: '::1', port: 7000 }]);
  });

  test('is a URL with user, password, database and encryption', () => {
    assert.deepEqual(parseAddresses('rediss://ann:p%40ss%25@cache:6390/7'), {
      servers: [{ host: 'cache', port: 6390 }],
      encrypted: true,
      username: 'ann',
      password: 'p@ss%',
      db: 7,
    });
    assert.equal(parseAddresses('redis://:100%@cache').password, '100%');
  });

  test('may be several, of one scheme', () => {
    assert.deepEqual(parseAddresses('redis://u:p@a:1, redis://b:2').servers, [
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ]);
    assert.equal(parseAddresses('redis://u:p@a:1,redis://b:2').password, 'p');
  });

  for (const text of [
    '',
    ',',
    'a:b',
    'a:70000',
    'http://a',
    'redis://a/x',
    'redis://a?x=1',
    'rediss://a,redis://b',
    ':1',
  ]) {
    test(`is not "${text}"`, () => {
      assert.throws(() => parseAddresses(text), AddressError);
    });
  }

  test('never shows its password in a message', () => {
    for (const text of ['redis://:secret@a/x', 'redis://:secret@', 'http://:secret@a', 'redis://:secret@a:b']) {
      assert.throws(
        () => parseAddresses(text),
        (error: Error) => !error.message.includes('secret'),
      );
    }
  });
});
