import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** Wire types, by what they are used for. */
export const VARINT = WireType.Varint;
export const LENGTH = WireType.LengthDelimited;
export const FIXED64 = WireType.Bit64;

/** What a writer wrote, as bytes. */
export function encode(write: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** Writes a message that is encoded already as a field. */
export function writeMessage(writer: BinaryWriter, field: number, message: Uint8Array): void {
  writer.tag(field, LENGTH).bytes(message);
}

/** Writes a message as a field, also when it is empty. */
export function writeNested(writer: BinaryWriter, field: number, write: (writer: BinaryWriter) => unknown): void {
  writer.tag(field, LENGTH).fork();
  write(writer);
  writer.join();
}

/** Writes an entry of a map whose keys are strings. */
export function writeEntry(
  writer: BinaryWriter,
  field: number,
  entry: { readonly key: string; readonly write: (writer: BinaryWriter) => unknown },
): void {
  writeNested(writer, field, () => {
    writer.tag(1, LENGTH).string(entry.key);
    writeNested(writer, 2, entry.write);
  });
}

/** Reads one field of a message; what it does not read must be answered with false. */
export type ReadField = (field: number, reader: BinaryReader, type: WireType) => boolean;

/**
 * Goes through the fields of a message in order, and over those that nobody reads. Throws when the bytes are no message.
 */
export function readMessage(bytes: Uint8Array, read: ReadField): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (!read(field, reader, type)) reader.skip(type, field);
  }
}
