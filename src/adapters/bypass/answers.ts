import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { type CheckResult, Duration, type QuotaArgs, type QuotaResult, type Status } from 'fairlead/sdk';
import { readMessage } from './wire.js';
import { readStatus } from './status.js';

/** Decodes a CheckResult. Throws when the bytes are none. */
export function decodeCheckResult(bytes: Uint8Array): CheckResult {
  const statuses: Uint8Array[] = [];
  let validDuration = Duration.zero;
  let validUseCount = 0;
  readMessage(bytes, (field, reader) => {
    if (field === 1) statuses.push(reader.bytes());
    else if (field === 2) validDuration = readDuration(reader.bytes());
    else if (field === 3) validUseCount = reader.int32();
    else return false;
    return true;
  });
  return { status: joinStatus(statuses), validDuration, validUseCount };
}

/**
 * Decodes what a QuotaResult says about one quota, never more than was asked for. Throws when it says nothing about it,
 * or when the bytes are none.
 */
export function decodeQuotaResult(
  bytes: Uint8Array,
  { name, args }: { readonly name: string; readonly args: QuotaArgs },
): QuotaResult {
  let result: QuotaResult | undefined;
  readMessage(bytes, (field, reader) => {
    if (field !== 1) return false;
    const { key, value } = readQuota(reader.bytes());
    if (key === name) result = readResult(value, args);
    return true;
  });
  if (result === undefined) throw new Error(`the answer has no quota "${name}"`);
  return result;
}

function readQuota(bytes: Uint8Array): { readonly key: string; readonly value: Uint8Array } {
  let key = '';
  let value: Uint8Array = new Uint8Array();
  readMessage(bytes, (field, reader) => {
    if (field === 1) key = reader.string();
    else if (field === 2) value = reader.bytes();
    else return false;
    return true;
  });
  return { key, value };
}

function readResult(bytes: Uint8Array, args: QuotaArgs): QuotaResult {
  const statuses: Uint8Array[] = [];
  let validDuration = Duration.zero;
  let amount = 0n;
  readMessage(bytes, (field, reader) => {
    if (field === 2) validDuration = readDuration(reader.bytes());
    else if (field === 3) amount = readInt64(reader);
    else if (field === 4) statuses.push(reader.bytes());
    else return false;
    return true;
  });
  const most = args.amount < 0n ? -args.amount : args.amount;
  const granted = amount < 0n ? 0n : amount > most ? most : amount;
  return { status: joinStatus(statuses), validDuration, amount: granted };
}

/** A message may come in parts, which are one when put together: a later part without a code denies no less. */
function joinStatus(parts: readonly Uint8Array[]): Status | undefined {
  return parts.length === 0 ? undefined : readStatus(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
}

function readDuration(bytes: Uint8Array): Duration {
  let seconds = 0;
  let nanos = 0;
  readMessage(bytes, (field, reader) => {
    if (field === 1) seconds = Number(readInt64(reader));
    else if (field === 2) nanos = reader.int32();
    else return false;
    return true;
  });
  return new Duration(seconds, nanos);
}

function readInt64(reader: BinaryReader): bigint {
  return BigInt(reader.int64());
}
