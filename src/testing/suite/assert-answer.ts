import assert from 'node:assert/strict';
import {
  type CheckResult,
  type CheckResultWithOutput,
  Duration,
  type Fields,
  type QuotaArgs,
  type QuotaResult,
  type ScalarTypes,
  type Status,
  type Template,
  Timestamp,
} from '../../sdk/index.js';

const MAX_INT32 = 2 ** 31 - 1;

/** Fails unless the answer is one that the host can use: right types, no negative validity, amounts in range. */
export function assertAnswer(template: Template, answer: unknown, args: QuotaArgs): void {
  switch (template.variety) {
    case 'REPORT':
      assert.equal(answer, undefined, 'a report is answered with nothing');
      return;
    case 'CHECK':
      assertCheck(answer);
      return;
    case 'QUOTA':
      assertQuota(answer, args);
      return;
    case 'ATTRIBUTE_GENERATOR':
      assertOutput(template.output, answer);
      return;
    case 'CHECK_WITH_OUTPUT': {
      assertObject(answer);
      const { result, output } = answer as CheckResultWithOutput<unknown>;
      assertCheck(result);
      assertOutput(template.output, output);
    }
  }
}

function assertCheck(answer: unknown): void {
  assertObject(answer);
  const { status, validDuration, validUseCount } = answer as CheckResult;
  assertStatus(status);
  assertValidity(validDuration);
  if (validUseCount === undefined) return;
  assert.ok(Number.isInteger(validUseCount) && Math.abs(validUseCount) <= MAX_INT32, 'validUseCount is an int32');
}

function assertQuota(answer: unknown, args: QuotaArgs): void {
  assertObject(answer);
  const { status, amount, validDuration } = answer as QuotaResult;
  assertStatus(status);
  assertValidity(validDuration);
  assert.equal(typeof amount, 'bigint', 'amount is a bigint');
  assert.ok(amount >= 0n, 'amount is not negative');
  const asked = args.amount < 0n ? -args.amount : args.amount;
  assert.ok(amount <= asked, `no more than the ${asked} that were asked for, not ${amount}`);
}

function assertStatus(status: Status | undefined): void {
  if (status === undefined) return;
  assert.ok(Number.isInteger(status.code), 'status.code is an integer');
  assert.equal(typeof status.message, 'string', 'status.message is a string');
}

function assertValidity(duration: Duration | undefined): void {
  if (duration === undefined) return;
  assert.ok(duration instanceof Duration, 'validDuration is a Duration');
  assert.ok(duration.toNanos() >= 0n, 'validDuration is not negative');
}

const checks: { readonly [K in keyof ScalarTypes]: (value: unknown) => boolean } = {
  string: isText,
  int64: (value) => typeof value === 'bigint',
  double: (value) => typeof value === 'number',
  bool: (value) => typeof value === 'boolean',
  timestamp: (value) => value instanceof Timestamp,
  duration: (value) => value instanceof Duration,
  ipAddress: (value) => value instanceof Uint8Array && (value.length === 4 || value.length === 16),
  dnsName: isText,
  emailAddress: isText,
  uri: isText,
  stringMap: (value) => value instanceof Map,
};

function assertOutput(fields: Fields, output: unknown): void {
  assertObject(output);
  for (const [name, value] of Object.entries(output as object)) {
    const kind = Object.hasOwn(fields, name) ? fields[name]?.kind : undefined;
    assert.ok(kind !== undefined, `"${name}" is an output of the template`);
    const check = kind in checks ? checks[kind as keyof ScalarTypes] : undefined;
    assert.ok(value === undefined || check?.(value) === true, `"${name}" is of type ${kind}`);
  }
}

function assertObject(value: unknown): void {
  assert.ok(typeof value === 'object' && value !== null, 'the answer is an object');
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
