import assert from 'node:assert/strict';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A data point as an endpoint of SignalFx reads it. */
export interface ReadPoint {
  readonly metric: string;
  readonly timestamp: bigint;
  readonly value: bigint | number;
  readonly type: string;
  readonly dimensions: ReadonlyMap<string, string>;
}

type Fields = readonly (readonly [number: number, type: WireType, value: unknown])[];

const types = ['GAUGE', 'COUNTER', 'ENUM', 'CUMULATIVE_COUNTER'];

/** Reads a `DataPointUploadMessage`, field by field as in SignalFx's own definition, and refuses all that is not in it. */
export function readUpload(bytes: Uint8Array): readonly ReadPoint[] {
  return fieldsOf(bytes).map(([number, , value]) => {
    assert.equal(number, 1);
    return readPoint(value as Uint8Array);
  });
}

function readPoint(bytes: Uint8Array): ReadPoint {
  const dimensions = new Map<string, string>();
  const point: { metric?: string; timestamp?: bigint; value?: bigint | number; type?: string } = {};
  for (const [number, , value] of fieldsOf(bytes)) {
    if (number === 2) point.metric = textOf(value);
    else if (number === 3) point.timestamp = value as bigint;
    else if (number === 4) point.value = readDatum(value as Uint8Array);
    else if (number === 5) point.type = types[Number(value)] ?? 'unknown';
    else {
      assert.equal(number, 6);
      const [key, text] = readDimension(value as Uint8Array);
      assert.ok(!dimensions.has(key), `dimension ${key} is there twice`);
      dimensions.set(key, text);
    }
  }
  const { metric, timestamp, value, type } = point;
  assert.ok(metric !== undefined && timestamp !== undefined && value !== undefined && type !== undefined);
  return { metric, timestamp, value, type, dimensions };
}

function readDatum(bytes: Uint8Array): bigint | number {
  const fields = fieldsOf(bytes);
  assert.equal(fields.length, 1);
  const [number, type, value] = fields[0]!;
  assert.deepEqual([number, type], typeof value === 'bigint' ? [3, WireType.Varint] : [2, WireType.Bit64]);
  return value as bigint | number;
}

function readDimension(bytes: Uint8Array): readonly [key: string, value: string] {
  const fields = fieldsOf(bytes);
  assert.deepEqual(
    fields.map(([number]) => number),
    [1, 2],
  );
  return [textOf(fields[0]![2]), textOf(fields[1]![2])];
}

function textOf(value: unknown): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(value as Uint8Array);
}

function fieldsOf(bytes: Uint8Array): Fields {
  const reader = new BinaryReader(bytes);
  const fields: [number, WireType, unknown][] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (type === WireType.Varint) fields.push([number, type, BigInt(reader.int64())]);
    else if (type === WireType.Bit64) fields.push([number, type, reader.double()]);
    else {
      assert.equal(type, WireType.LengthDelimited);
      fields.push([number, type, reader.bytes()]);
    }
  }
  return fields;
}
