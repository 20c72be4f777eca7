import { invariant } from '../../util/invariant.js';

const LENGTH_DELIMITED = 2;
const KEPT_SIZE = 1 << 16;
// Most are small, and arithmetic on bigints makes one for each step.
const uint32Max = 0xffff_ffffn;

/**
 * Writes protobuf back to front: the length of a sub-message is known when its content is written, so nothing is
 * measured beforehand. Fields are therefore put in descending order, repeated ones last to first. Values that are zero or
 * empty are left out, as proto3 does.
 */
export class WireWriter {
  #buffer = Buffer.allocUnsafeSlow(2048);
  /** Where the written part starts. */
  #start = this.#buffer.length;

  /** Number of bytes written: what {@link close} takes as the mark of a sub-message's end. */
  get mark(): number {
    return this.#buffer.length - this.#start;
  }

  /** Drops what was written, such as the rest of a message whose encoding failed. */
  clear(): void {
    this.#start = this.#buffer.length;
  }

  /** A varint field, `value` being its unsigned 32 bits. */
  uint32(field: number, value: number): void {
    if (value === 0) return;
    this.#varint(value >>> 0);
    this.#varint(field << 3);
  }

  /** A signed 32-bit field: a negative number takes ten bytes. */
  int32(field: number, value: number): void {
    if (value >= 0) this.uint32(field, value);
    else this.int64(field, BigInt(value));
  }

  /** A zig-zag field. */
  sint32(field: number, value: number): void {
    this.uint32(field, ((value << 1) ^ (value >> 31)) >>> 0);
  }

  /** A signed 64-bit field. */
  int64(field: number, value: bigint): void {
    if (value === 0n) return;
    if (value > 0n && value <= uint32Max) {
      this.uint32(field, Number(value));
      return;
    }
    let rest = BigInt.asUintN(64, value);
    const size = varintSize(rest);
    this.#reserve(size);
    this.#start -= size;
    for (let at = this.#start; ; at++, rest >>= 7n) {
      const last = rest < 0x80n;
      this.#buffer[at] = Number(rest & 0x7fn) | (last ? 0 : 0x80);
      if (last) break;
    }
    this.#varint(field << 3);
  }

  /** A text field. */
  text(field: number, value: string): void {
    if (value === '') return;
    this.element(field, value);
  }

  /** A text as an element of a repeated field: written also when it is empty. */
  element(field: number, value: string): void {
    const size = Buffer.byteLength(value);
    this.#reserve(size);
    this.#start -= size;
    this.#buffer.write(value, this.#start, size, 'utf8');
    this.#varint(size);
    this.#varint((field << 3) | LENGTH_DELIMITED);
  }

  /** Bytes as an element of a repeated field. */
  bytes(field: number, value: Uint8Array): void {
    this.#reserve(value.length);
    this.#start -= value.length;
    this.#buffer.set(value, this.#start);
    this.#varint(value.length);
    this.#varint((field << 3) | LENGTH_DELIMITED);
  }

  /** Fields that are encoded already. */
  raw(encoded: Uint8Array): void {
    this.#reserve(encoded.length);
    this.#start -= encoded.length;
    this.#buffer.set(encoded, this.#start);
  }

  /** A copy of what was written since {@link mark} was taken. */
  copySince(mark: number): Uint8Array {
    return Uint8Array.from(this.#buffer.subarray(this.#start, this.#buffer.length - mark));
  }

  /** Closes the sub-message whose content was written since {@link mark} was taken; written also when it is empty. */
  close(field: number, mark: number): void {
    this.#varint(this.mark - mark);
    this.#varint((field << 3) | LENGTH_DELIMITED);
  }

  /** What was written, as a copy; the writer is then empty again. */
  finish(): Uint8Array {
    const result = Buffer.allocUnsafe(this.mark);
    this.#buffer.copy(result, 0, this.#start);
    if (this.#buffer.length > KEPT_SIZE) this.#buffer = Buffer.allocUnsafeSlow(2048);
    this.clear();
    return result;
  }

  #varint(value: number): void {
    const size = value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5;
    this.#reserve(size);
    this.#start -= size;
    let rest = value;
    let at = this.#start;
    for (; rest >= 0x80; rest >>>= 7) this.#buffer[at++] = (rest & 0x7f) | 0x80;
    this.#buffer[at] = rest;
  }

  #reserve(size: number): void {
    if (size <= this.#start) return;
    const used = this.mark;
    const larger = Buffer.allocUnsafeSlow((used + size) * 2);
    this.#buffer.copy(larger, larger.length - used, this.#start);
    this.#buffer = larger;
    this.#start = larger.length - used;
    invariant(this.#start >= size, 'the writer has room');
  }
}

function varintSize(value: bigint): number {
  let size = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}
