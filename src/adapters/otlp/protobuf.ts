import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

import type { Signal } from './signal.js';
import type { Chunk, Encoding, Group, Sink, Write } from './sink.js';

const { Varint, Bit64, LengthDelimited } = WireType;

/** OTLP's protobuf, written field by field: a generated message class would need every value a second time. */
export function createProtobuf(): Encoding {
  let writer = new BinaryWriter();
  return {
    contentType: 'application/x-protobuf',
    encode: (write, value) => {
      try {
        write(new ProtobufSink(writer), value);
        return writer.finish();
      } catch (cause) {
        // It holds half a message now.
        writer = new BinaryWriter();
        throw cause;
      }
    },
    join,
  };
}

function join(_signal: Signal, parts: { readonly scope: Chunk; readonly groups: readonly Group[] }): Chunk {
  const writer = new BinaryWriter();
  for (const { resource, items } of parts.groups) {
    writer.tag(1, LengthDelimited).fork();
    writer.tag(1, LengthDelimited).bytes(resource as Uint8Array);
    writer.tag(2, LengthDelimited).fork();
    writer.tag(1, LengthDelimited).bytes(parts.scope as Uint8Array);
    for (const item of items) writer.tag(2, LengthDelimited).bytes(item as Uint8Array);
    writer.join().join();
  }
  return writer.finish();
}

class ProtobufSink implements Sink {
  readonly #writer: BinaryWriter;

  constructor(writer: BinaryWriter) {
    this.#writer = writer;
  }

  text(field: number, _name: string, value: string): void {
    this.#writer.tag(field, LengthDelimited).string(value);
  }

  bool(field: number, _name: string, value: boolean): void {
    this.#writer.tag(field, Varint).bool(value);
  }

  uint32(field: number, _name: string, value: number): void {
    this.#writer.tag(field, Varint).uint32(value);
  }

  int64(field: number, _name: string, value: bigint): void {
    this.#writer.tag(field, Varint).int64(value);
  }

  fixed64(field: number, _name: string, value: bigint): void {
    this.#writer.tag(field, Bit64).fixed64(value);
  }

  sfixed64(field: number, _name: string, value: bigint): void {
    this.#writer.tag(field, Bit64).sfixed64(value);
  }

  double(field: number, _name: string, value: number): void {
    this.#writer.tag(field, Bit64).double(value);
  }

  id(field: number, _name: string, value: string): void {
    this.#writer.tag(field, LengthDelimited).bytes(Buffer.from(value, 'hex'));
  }

  fixed64s(field: number, _name: string, values: readonly number[]): void {
    this.#writer.tag(field, LengthDelimited).fork();
    for (const value of values) this.#writer.fixed64(value);
    this.#writer.join();
  }

  doubles(field: number, _name: string, values: readonly number[]): void {
    this.#writer.tag(field, LengthDelimited).fork();
    for (const value of values) this.#writer.double(value);
    this.#writer.join();
  }

  message(field: number, _name: string, write: (sink: Sink) => void): void {
    this.#writer.tag(field, LengthDelimited).fork();
    write(this);
    this.#writer.join();
  }

  messages<T>(field: number, _name: string, items: readonly T[], write: Write<T>): void {
    for (const item of items) {
      this.#writer.tag(field, LengthDelimited).fork();
      write(this, item);
      this.#writer.join();
    }
  }
}
