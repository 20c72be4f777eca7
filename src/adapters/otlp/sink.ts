import type { Signal } from './signal.js';

/** Writes the fields of one message, each by its number and its JSON name. Nothing is left out by itself. */
export interface Sink {
  text(field: number, name: string, value: string): void;
  bool(field: number, name: string, value: boolean): void;
  /** An enum or a small unsigned number. */
  uint32(field: number, name: string, value: number): void;
  int64(field: number, name: string, value: bigint): void;
  fixed64(field: number, name: string, value: bigint): void;
  sfixed64(field: number, name: string, value: bigint): void;
  double(field: number, name: string, value: number): void;
  /** The id of a trace or a span, in hexadecimal: bytes in protobuf, and in OTLP's JSON the same hexadecimal. */
  id(field: number, name: string, value: string): void;
  fixed64s(field: number, name: string, values: readonly number[]): void;
  doubles(field: number, name: string, values: readonly number[]): void;
  message(field: number, name: string, write: (sink: Sink) => void): void;
  messages<T>(field: number, name: string, items: readonly T[], write: Write<T>): void;
}

/** Writes a value as a message. Each message of OTLP is written by one such function, for both encodings. */
export type Write<T> = (sink: Sink, value: T) => void;

/** A message as it goes over the wire: bytes of protobuf, or JSON. */
export type Chunk = Uint8Array<ArrayBuffer> | string;

/** Messages that share a resource. */
export interface Group {
  readonly resource: Chunk;
  readonly items: readonly Chunk[];
}

/** One of the two encodings of OTLP. */
export interface Encoding {
  readonly contentType: string;
  encode<T>(write: Write<T>, value: T): Chunk;
  /** Puts encoded messages into one export request. */
  join(signal: Signal, parts: { readonly scope: Chunk; readonly groups: readonly Group[] }): Chunk;
}
