import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AnyConfig } from './config.js';
import { writeStruct } from './struct.js';
import { encode, LENGTH, writeMessage } from './wire.js';

const wellKnown = 'google.protobuf.';
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** Says which field of an Any cannot be encoded, and why. */
export class AnyError extends Error {
  override readonly name = 'AnyError';

  constructor(
    readonly field: '@type' | 'value',
    message: string,
  ) {
    super(message);
  }
}

/** A google.protobuf.Any with a value that is encoded already. */
export function encodeAnyOf(typeUrl: string, value: Uint8Array): Uint8Array {
  return encode((writer) => {
    writer.tag(1, LENGTH).string(typeUrl);
    if (value.length > 0) writer.tag(2, LENGTH).bytes(value);
  });
}

/**
 * Encodes the configuration of a backend as a google.protobuf.Any. The fields of its own types are not known here, so
 * those come encoded; StringValue and Struct can be written as what they hold. Throws AnyError.
 */
export function encodeAny({ '@type': typeUrl, value }: AnyConfig): Uint8Array {
  if (!typeUrl.includes('/')) throw new AnyError('@type', 'must be a type URL like type.googleapis.com/my.Params');
  return encodeAnyOf(typeUrl, encodeValue(typeUrl.slice(typeUrl.lastIndexOf('/') + 1), value));
}

function encodeValue(type: string, value: unknown): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array();
  if (type === `${wellKnown}StringValue`) {
    if (typeof value !== 'string') throw new AnyError('value', 'a StringValue must be text');
    return encode((writer) => writer.tag(1, LENGTH).string(value));
  }
  if (type === `${wellKnown}Struct`) {
    if (!(value instanceof Map)) throw new AnyError('value', 'a Struct must be a map');
    return encode((writer) => writeStruct(writer, value as ReadonlyMap<string, unknown>));
  }
  if (typeof value !== 'string' || !base64.test(value)) {
    throw new AnyError('value', `must be the encoded ${type} in base64`);
  }
  return Uint8Array.from(Buffer.from(value, 'base64'));
}

/** Writes an Any that is encoded already as a field; nothing when there is none. */
export function writeAny(writer: BinaryWriter, field: number, any: Uint8Array | undefined): void {
  if (any !== undefined) writeMessage(writer, field, any);
}
