import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Value, Duration, stringify, Timestamp } from 'fairlead/sdk';
import { listentry } from 'fairlead/templates';
import listchecker from 'fairlead/adapters/listchecker';
import { decodeParams, fakeCall, fakeEnv, sampleInstance, sampleTypes } from 'fairlead/testing';

/** The answer to one value: `OK`, or code and message. */
async function check(params: string, value: Value | undefined): Promise<string> {
  const { config, problems } = decodeParams(listchecker, params);
  assert.deepEqual(problems, []);
  const instance = sampleInstance(listentry, { name: 'i', value });
  const types = { listentry: new Map([['i', sampleTypes(listentry, instance)]]) };
  const handler = await listchecker.build({ name: 'h.default', config, types, env: fakeEnv() });
  const { status, validDuration, validUseCount } = await handler.handleListEntry(instance, fakeCall());
  assert.equal(validDuration?.toNanos(), config.cachingInterval.toNanos());
  assert.equal(validUseCount, config.cachingUseCount);
  return status === undefined ? 'OK' : `${status.code} ${status.message}`;
}

const ip = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

type Row = readonly [params: string, value: Value | undefined, answer: string];

function rows(title: string, table: readonly Row[]): void {
  describe(`listchecker ${title}`, () => {
    for (const [params, value, answer] of table) {
      test(`${params} answers "${answer}" to ${JSON.stringify(stringify(value))}`, async () =>
        assert.equal(await check(params, value), answer));
    }
  });
}

rows('of texts', [
  ['overrides: [src1, src2]', 'src1', 'OK'],
  ['overrides: [src1, src2]', '', '7  is not whitelisted'],
  ['overrides: [src1, src2]', 'src3', '7 src3 is not whitelisted'],
  ['overrides: [src1]\nblacklist: true', 'src1', '7 src1 is blacklisted'],
  ['overrides: [src1]\nblacklist: true', '', 'OK'],
  ['overrides: [""]', '', '7  is not whitelisted'],
  ['overrides: [ABC]', 'abc', '7 abc is not whitelisted'],
  ['overrides: ["a\\r"]', 'a', '7 a is not whitelisted'],
  ['{}', 'anything', '7 anything is not whitelisted'],
  ['overrides: [__proto__]', 'constructor', '7 constructor is not whitelisted'],
  ['overrides: [10.0.0.1]', ip(10, 0, 0, 1), 'OK'],
  ['overrides: [a]\ncachingInterval: 0s\ncachingUseCount: 0', 'a', 'OK'],
]);

rows('of texts in any case', [
  ['entryType: CASE_INSENSITIVE_STRINGS\noverrides: [ABC]', 'AbC', 'OK'],
  ['entryType: 1\noverrides: [abc]', 'ABCD', '7 ABCD is not whitelisted'],
  ['entry_type: CASE_INSENSITIVE_STRINGS\noverrides: [straße]', 'STRAßE', 'OK'],
  ['entry_type: CASE_INSENSITIVE_STRINGS\noverrides: [straße]', 'STRASSE', '7 STRASSE is not whitelisted'],
]);

const ranges = 'entryType: IP_ADDRESSES\noverrides: [10.10.11.2, 9.9.9.9/28, "2001:db8::1", "2001:db8:1::/48"]';
const mapped = ip(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 9, 9, 9, 15);

rows('of addresses', [
  [ranges, '10.10.11.2', 'OK'],
  [ranges, '9.9.9.0', 'OK'],
  [ranges, '9.9.9.15', 'OK'],
  [ranges, '9.9.9.16', '7 9.9.9.16 is not whitelisted'],
  [ranges, ip(9, 9, 9, 1), 'OK'],
  [ranges, mapped, 'OK'],
  [ranges, '120.10.11.2', '7 120.10.11.2 is not whitelisted'],
  [ranges, '2001:db8::1', 'OK'],
  [ranges, '2001:db8::2', '7 2001:db8::2 is not whitelisted'],
  [ranges, '2001:db8:1:ffff::', 'OK'],
  [ranges, 'XYZ', '3 XYZ is not a valid IP address'],
  [ranges, '', '3  is not a valid IP address'],
  ['entryType: IP_ADDRESSES\noverrides: [10.57.0.0/16]', '10.56.0.1', '7 10.56.0.1 is not whitelisted'],
  ['entryType: IP_ADDRESSES\noverrides: [10.57.0.0/16]', '10.57.0.1', 'OK'],
  ['entryType: IP_ADDRESSES\noverrides: [0.0.0.0/0]', '::1', '7 ::1 is not whitelisted'],
  ['entryType: IP_ADDRESSES\noverrides: ["::/0"]', '1.2.3.4', '7 1.2.3.4 is not whitelisted'],
  ['entryType: IP_ADDRESSES\nblacklist: true\noverrides: ["::1"]', '::1', '7 ::1 is blacklisted'],
]);

rows('of regular expressions', [
  ['entryType: REGEX\noverrides: ["a+.*", "a*b"]', 'abc', 'OK'],
  ['entryType: REGEX\noverrides: ["a+.*", "a*b"]', 'B', '7 B is not whitelisted'],
  ['entryType: REGEX\noverrides: ["^v1$"]', 'v11', '7 v11 is not whitelisted'],
  ['entryType: REGEX\noverrides: [""]', 'a', '7 a is not whitelisted'],
]);

const unusable = 'is not a valid string or IP address';
rows('given something else', [
  ['overrides: [a]', 7n, `3 7 ${unusable}`],
  ['overrides: [a]', true, `3 true ${unusable}`],
  ['overrides: [a]', undefined, `3  ${unusable}`],
  ['overrides: [a]', Duration.fromSeconds(1), `3 1s ${unusable}`],
  ['overrides: [a]', new Timestamp(0, 0), `3 1970-01-01T00:00:00.000000Z ${unusable}`],
  ['overrides: [a]', new Map([['k', 'v']]), `3 k=v ${unusable}`],
]);
