import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { FIXED64, LENGTH, VARINT, writeEntry, writeNested } from './wire.js';

/** Writes the fields of a google.protobuf.Struct; its numbers are doubles, whatever they were. */
export function writeStruct(writer: BinaryWriter, fields: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of fields) writeEntry(writer, 1, { key, write: () => writeStructValue(writer, value) });
}

function writeStructValue(writer: BinaryWriter, value: unknown): void {
  if (typeof value === 'number' || typeof value === 'bigint') writer.tag(2, FIXED64).double(Number(value));
  else if (typeof value === 'string') writer.tag(3, LENGTH).string(value);
  else if (typeof value === 'boolean') writer.tag(4, VARINT).bool(value);
  else if (value instanceof Map) {
    writeNested(writer, 5, () => writeStruct(writer, value as ReadonlyMap<string, unknown>));
  } else if (Array.isArray(value)) {
    writeNested(writer, 6, () => {
      for (const item of value) writeNested(writer, 1, () => writeStructValue(writer, item));
    });
  } else writer.tag(1, VARINT).int32(0);
}
