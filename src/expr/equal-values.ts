import type { Duration, EvalError, Timestamp, Value, ValueType } from '../attributes/index.js';
import { equalDnsNames } from './externs/dns-name.js';
import { equalEmails } from './externs/email.js';
import { equalIps } from './externs/ip.js';
import { equalUris } from './externs/uri.js';

/** The types whose `==` is a function of its own, which may fail on malformed values. */
export const equalityFunctions: Readonly<Partial<Record<ValueType, (a: never, b: never) => boolean | EvalError>>> = {
  IP_ADDRESS: equalIps,
  TIMESTAMP: (a: Timestamp, b: Timestamp) => a.seconds === b.seconds && a.nanos === b.nanos,
  DURATION: (a: Duration, b: Duration) => a.equals(b),
  DNS_NAME: equalDnsNames,
  EMAIL_ADDRESS: equalEmails,
  URI: equalUris,
};

/** The language's `==` on two values of one type (mixer-core.md 3.5). */
export function equalValues(type: ValueType, a: Value, b: Value): boolean | EvalError {
  const equal = equalityFunctions[type] as ((a: Value, b: Value) => boolean | EvalError) | undefined;
  return equal === undefined ? a === b : equal(a, b);
}
