import { Duration } from '../util/duration.js';
import { Timestamp } from '../util/timestamp.js';

/** The value types of `istio.policy.v1beta1.ValueType`, by their wire number (mixer-core.md 2.1). */
export const valueTypes = [
  'VALUE_TYPE_UNSPECIFIED',
  'STRING',
  'INT64',
  'DOUBLE',
  'BOOL',
  'TIMESTAMP',
  'IP_ADDRESS',
  'EMAIL_ADDRESS',
  'URI',
  'DNS_NAME',
  'DURATION',
  'STRING_MAP',
] as const;

export type ValueType = (typeof valueTypes)[number];

/**
 * A map of strings as expressions and adapters see it. A plain `Map<string, string>` is one. Keys are hostile input,
 * hence never a plain object.
 */
export interface StringMap {
  readonly size: number;
  get(key: string): string | undefined;
  entries(): IterableIterator<[string, string]>;
}

/**
 * A runtime value. STRING, EMAIL_ADDRESS, URI and DNS_NAME are strings; INT64 is a bigint, so that it survives beyond
 * 2^53; DOUBLE is a number; IP_ADDRESS is 4 or 16 raw bytes.
 */
export type Value = string | bigint | number | boolean | Timestamp | Duration | Uint8Array | StringMap;

export { Duration, Timestamp };
