import type { StringMap, Value } from '../../attributes/index.js';
import type {
  CheckResult,
  CheckResultWithOutput,
  Fields,
  HeaderOperation,
  QuotaResult,
  RouteDirective,
  ScalarTypes,
  Status,
  Template,
} from '../../sdk/index.js';

/** What an adapter answered, or in words what is wrong with it. Answers are objects or `true`, never text. */
export type Accept<T> = (answer: unknown) => T | string;

/** Output fields of a generator or a check with output; null prototype not required, values checked. */
export type Output = Readonly<Record<string, Value | undefined>>;

// google.protobuf.Duration spans no more than this.
const MAX_SECONDS = 315_576_000_000;
const MAX_INT64 = 2n ** 63n - 1n;
const operations: readonly unknown[] = ['REPLACE', 'REMOVE', 'APPEND'];

/** Takes a CheckResult as it is, if it is one. */
export function acceptCheck(answer: unknown): CheckResult | string {
  if (!isObject(answer)) return 'the answer to a check must be an object';
  const { status, validDuration, validUseCount, routeDirective }: Loose<CheckResult> = answer;
  if (status !== undefined && !isStatus(status)) return statusComplaint;
  if (validDuration !== undefined && !isDuration(validDuration)) return durationComplaint;
  if (validUseCount !== undefined && !isInt32(validUseCount)) return 'validUseCount must be a 32-bit integer';
  if (routeDirective !== undefined && !isDirective(routeDirective)) return 'routeDirective is malformed';
  return answer;
}

/** Takes a QuotaResult as it is, if it is one. */
export function acceptQuota(answer: unknown): QuotaResult | string {
  if (!isObject(answer)) return 'the answer to a quota request must be an object';
  const { status, amount, validDuration } = answer as Loose<QuotaResult>;
  if (typeof amount !== 'bigint' || amount > MAX_INT64 || amount < -MAX_INT64 - 1n) {
    return 'amount must be a bigint of 64 bits';
  }
  if (status !== undefined && !isStatus(status)) return statusComplaint;
  if (validDuration !== undefined && !isDuration(validDuration)) return durationComplaint;
  return answer as QuotaResult;
}

/** Whatever a report answers is fine: it answers nothing. */
function acceptReport(): true {
  return true;
}

/** Takes the output of a generator whose fields have the declared types. */
export function acceptOutput(fields: Fields): Accept<Output> {
  const names = Object.keys(fields);
  return (answer) => {
    if (!isObject(answer)) return 'the output must be an object';
    for (const name of names) {
      const value = (answer as Record<string, unknown>)[name];
      const kind = fields[name]?.kind;
      if (value !== undefined && !isOfKind(value, kind)) return `output field '${name}' is no ${kind ?? 'value'}`;
    }
    return answer as Output;
  };
}

/** Takes a result and an output together. */
export function acceptCheckWithOutput(fields: Fields): Accept<CheckResultWithOutput<Output>> {
  const output = acceptOutput(fields);
  return (answer) => {
    if (!isObject(answer)) return 'the answer to a check must be an object';
    const parts = answer as Loose<CheckResultWithOutput<Output>>;
    const result = acceptCheck(parts.result);
    if (typeof result === 'string') return result;
    const accepted = output(parts.output);
    return typeof accepted === 'string' ? accepted : (answer as CheckResultWithOutput<Output>);
  };
}

/** The judge of the answers that handlers give for a template. */
export function acceptFor(template: Template): Accept<object | true> {
  switch (template.variety) {
    case 'CHECK':
      return acceptCheck;
    case 'QUOTA':
      return acceptQuota;
    case 'REPORT':
      return acceptReport;
    case 'ATTRIBUTE_GENERATOR':
      return acceptOutput(template.output);
    case 'CHECK_WITH_OUTPUT':
      return acceptCheckWithOutput(template.output);
  }
}

type Loose<T> = { readonly [K in keyof T]?: unknown };

const statusComplaint = 'status must have an integer code, a text message and a sound directResponse';
const durationComplaint = 'validDuration must be a Duration that is not negative';

// An empty list would pass for an answer without fields, which is OK.
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

// By shape, not by class: an adapter may have brought its own copy of the sdk.
function isDuration(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { seconds, nanos } = value as { readonly seconds?: unknown; readonly nanos?: unknown };
  return (
    Number.isInteger(seconds) &&
    (seconds as number) >= 0 &&
    (seconds as number) <= MAX_SECONDS &&
    isInt32(nanos) &&
    nanos >= 0 &&
    nanos < 1e9
  );
}

function isStatus(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { code, message, directResponse } = value as Loose<Status>;
  return (
    isInt32(code) && typeof message === 'string' && (directResponse === undefined || isDirectResponse(directResponse))
  );
}

function isDirectResponse(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { code, body, headers } = value as NonNullable<Loose<Status['directResponse'] & object>>;
  return (
    (code === undefined || (isInt32(code) && code >= 0)) &&
    (body === undefined || typeof body === 'string') &&
    (headers === undefined || isTextMap(headers))
  );
}

function isDirective(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { requestHeaderOperations, responseHeaderOperations, directResponseCode, directResponseBody } =
    value as Loose<RouteDirective>;
  return (
    isOperations(requestHeaderOperations) &&
    isOperations(responseHeaderOperations) &&
    isInt32(directResponseCode) &&
    directResponseCode >= 0 &&
    typeof directResponseBody === 'string'
  );
}

function isOperations(value: unknown): boolean {
  return Array.isArray(value) && value.every(isOperation);
}

function isOperation(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { name, value: text, operation } = value as Loose<HeaderOperation>;
  return typeof name === 'string' && typeof text === 'string' && operations.includes(operation);
}

function isTextMap(value: unknown): boolean {
  if (!(value instanceof Map)) return false;
  for (const [key, text] of value as Map<unknown, unknown>) {
    if (typeof key !== 'string' || typeof text !== 'string') return false;
  }
  return true;
}

function isOfKind(value: unknown, kind: string | undefined): boolean {
  const test = kinds.get(kind ?? '');
  return test?.(value) ?? false;
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** By kind of field; a Map because `constructor` is no kind. */
const kinds: ReadonlyMap<string, (value: unknown) => boolean> = new Map(
  Object.entries({
    string: isText,
    dnsName: isText,
    emailAddress: isText,
    uri: isText,
    int64: (value) => typeof value === 'bigint' && value <= MAX_INT64 && value >= -MAX_INT64 - 1n,
    double: (value) => typeof value === 'number',
    bool: (value) => typeof value === 'boolean',
    timestamp: hasSecondsAndNanos,
    duration: hasSecondsAndNanos,
    ipAddress: (value) => value instanceof Uint8Array,
    stringMap: isStringMap,
  } satisfies Record<keyof ScalarTypes, (value: unknown) => boolean>),
);

function hasSecondsAndNanos(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { seconds, nanos } = value as { readonly seconds?: unknown; readonly nanos?: unknown };
  return Number.isSafeInteger(seconds) && isInt32(nanos);
}

function isStringMap(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { size, get, entries } = value as Loose<StringMap>;
  return typeof size === 'number' && typeof get === 'function' && typeof entries === 'function';
}
