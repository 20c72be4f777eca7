import { type Signal, signals } from './signal.js';
import type { Chunk, Encoding, Group, Sink, Write } from './sink.js';

/** OTLP's JSON: 64-bit integers are texts, and so is what JSON has no number for. */
export function createJson(): Encoding {
  return {
    contentType: 'application/json',
    encode: (write, value) => JSON.stringify(toObject((sink) => write(sink, value))),
    join,
  };
}

function join(signal: Signal, parts: { readonly scope: Chunk; readonly groups: readonly Group[] }): Chunk {
  const [outer, inner, list] = signals[signal].names;
  const scope = parts.scope as string;
  const groups = parts.groups.map(({ resource, items }) => {
    const text = `"scope":${scope},"${list}":[${items.join(',')}]`;
    return `{"resource":${resource as string},"${inner}":[{${text}}]}`;
  });
  return `{"${outer}":[${groups.join(',')}]}`;
}

function toObject(write: (sink: Sink) => void): object {
  const sink = new JsonSink();
  write(sink);
  return sink.fields;
}

class JsonSink implements Sink {
  /** By names of OTLP, never by names from outside. */
  readonly fields: Record<string, unknown> = {};

  text(_field: number, name: string, value: string): void {
    this.fields[name] = value;
  }

  bool(_field: number, name: string, value: boolean): void {
    this.fields[name] = value;
  }

  uint32(_field: number, name: string, value: number): void {
    this.fields[name] = value;
  }

  int64(_field: number, name: string, value: bigint): void {
    this.fields[name] = value.toString();
  }

  fixed64(_field: number, name: string, value: bigint): void {
    this.fields[name] = value.toString();
  }

  sfixed64(_field: number, name: string, value: bigint): void {
    this.fields[name] = value.toString();
  }

  double(_field: number, name: string, value: number): void {
    this.fields[name] = jsonDouble(value);
  }

  id(_field: number, name: string, value: string): void {
    this.fields[name] = value;
  }

  fixed64s(_field: number, name: string, values: readonly number[]): void {
    this.fields[name] = values.map(String);
  }

  doubles(_field: number, name: string, values: readonly number[]): void {
    this.fields[name] = values.map(jsonDouble);
  }

  message(_field: number, name: string, write: (sink: Sink) => void): void {
    this.fields[name] = toObject(write);
  }

  messages<T>(_field: number, name: string, items: readonly T[], write: Write<T>): void {
    this.fields[name] = items.map((item) => toObject((sink) => write(sink, item)));
  }
}

function jsonDouble(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
