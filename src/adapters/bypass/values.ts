import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { Duration, Timestamp, type Value, type ValueType } from 'fairlead/sdk';
import { FIXED64, LENGTH, VARINT, writeEntry, writeNested } from './wire.js';

/** Fields of istio.policy.v1beta1.Value. */
const arm = { string: 1, int64: 2, double: 3, bool: 4, ip: 5, timestamp: 6, duration: 7 } as const;
/** Texts that are more than that have a message of their own. */
const textArms: ReadonlyMap<ValueType | undefined, number> = new Map([
  ['EMAIL_ADDRESS', 8],
  ['DNS_NAME', 9],
  ['URI', 10],
]);

/** Values by name, and the types that they were inferred to have. */
export interface Values {
  readonly values: Readonly<Record<string, Value>>;
  readonly types: Readonly<Record<string, ValueType>> | undefined;
}

/** Writes a map<string, Value>. Throws for what Mixer's protocol has no value for. */
export function writeValues(writer: BinaryWriter, field: number, { values, types }: Values): void {
  for (const key of Object.keys(values)) {
    // Names come from the configuration, but types may be a plain object.
    const type = types !== undefined && Object.hasOwn(types, key) ? types[key] : undefined;
    writeEntry(writer, field, { key, write: () => writeValue(writer, values[key]!, type) });
  }
}

/** Writes the one field of a Value that fits (adapters.md 2.8). Throws for a map of strings: there is none. */
export function writeValue(writer: BinaryWriter, value: Value, type: ValueType | undefined): void {
  switch (typeof value) {
    case 'string': {
      const textArm = textArms.get(type);
      if (textArm === undefined) writer.tag(arm.string, LENGTH).string(value);
      else writeNested(writer, textArm, () => writer.tag(1, LENGTH).string(value));
      return;
    }
    case 'bigint':
      writer.tag(arm.int64, VARINT).int64(value);
      return;
    case 'number':
      writer.tag(arm.double, FIXED64).double(value);
      return;
    case 'boolean':
      writer.tag(arm.bool, VARINT).bool(value);
      return;
    default:
      writeObject(writer, value);
  }
}

function writeObject(writer: BinaryWriter, value: Extract<Value, object>): void {
  if (value instanceof Uint8Array) writeNested(writer, arm.ip, () => writer.tag(1, LENGTH).bytes(value));
  else if (value instanceof Timestamp) writeTime(writer, arm.timestamp, value);
  else if (value instanceof Duration) writeTime(writer, arm.duration, value);
  else throw new TypeError('a map of strings cannot be sent to an out-of-process adapter');
}

function writeTime(writer: BinaryWriter, field: number, { seconds, nanos }: Timestamp | Duration): void {
  writeNested(writer, field, () =>
    writeNested(writer, 1, () => {
      if (seconds !== 0) writer.tag(1, VARINT).int64(seconds);
      if (nanos !== 0) writer.tag(2, VARINT).int32(nanos);
    }),
  );
}
