import { MixerError } from '../../util/errors.js';
import { bigintOf } from './bigint-of.js';
import { viewOf } from './byte-range.js';
import { textOf } from './text.js';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;
const MAX_GROUP_DEPTH = 100;

/** A protobuf message that cannot be read. */
export function malformed(what: string): MixerError {
  return new MixerError('MALFORMED_MESSAGE', `malformed message: ${what}`);
}

/**
 * A cursor over protobuf bytes. Reads between `pos` and `end`; whatever is truncated, overlong or no field at all is a
 * MixerError MALFORMED_MESSAGE. A sub-message is read by lowering `end` and raising it again.
 */
export class WireReader {
  /** The two halves of the last 64-bit varint that was read. */
  #low = 0;
  #high = 0;

  /** The buffer under the bytes, for reading several of them at once: byte 0 is at `offset`. */
  readonly view: DataView;
  readonly offset: number;

  constructor(
    readonly bytes: Uint8Array,
    public pos = 0,
    public end = bytes.length,
  ) {
    this.view = viewOf(bytes.buffer);
    this.offset = bytes.byteOffset;
  }

  /** A varint's low 32 bits, unsigned. */
  uint32(): number {
    const first = this.bytes[this.pos]!;
    if (first < 0x80 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    const small = this.shortVarint();
    if (small >= 0) return small >>> 0;
    this.#varint();
    return this.#low >>> 0;
  }

  /** A zig-zag varint of 32 bits. */
  sint32(): number {
    const raw = this.uint32();
    return (raw >>> 1) ^ -(raw & 1);
  }

  /** Passes a tag of one byte if it comes next. */
  passTag(tag: number): boolean {
    if (this.pos >= this.end || this.bytes[this.pos] !== tag) return false;
    this.pos++;
    return true;
  }

  /** A signed varint of 32 bits. */
  int32(): number {
    return this.uint32() | 0;
  }

  bool(): boolean {
    const small = this.shortVarint();
    if (small >= 0) return small !== 0;
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  /** A 64-bit integer, exactly. */
  int64(): bigint {
    const small = this.shortVarint();
    if (small >= 0) return bigintOf(small);
    this.#varint();
    if (this.#high >= 0 && this.#high < 0x20_0000) return BigInt(this.#high * 0x1_0000_0000 + (this.#low >>> 0));
    return (BigInt(this.#high) << 32n) | BigInt(this.#low >>> 0);
  }

  /** A 64-bit integer as a double: exact up to 2^53. */
  int64AsNumber(): number {
    const small = this.shortVarint();
    if (small >= 0) return small;
    this.#varint();
    return this.#high * 0x1_0000_0000 + (this.#low >>> 0);
  }

  double(): number {
    const { pos } = this;
    this.skipFixed64();
    return this.view.getFloat64(this.offset + pos, true);
  }

  /** Reads a length and returns where what it announces ends; `pos` is then where it starts. */
  limit(): number {
    const length = this.uint32();
    const limit = this.pos + length;
    if (limit > this.end) throw malformed('truncated field');
    return limit;
  }

  /** A text; invalid UTF-8 becomes U+FFFD. */
  text(): string {
    const limit = this.limit();
    const text = textOf(this.view, this.offset + this.pos, this.offset + limit);
    this.pos = limit;
    return text;
  }

  /** Passes over the value of a field. */
  skip(tag: number, depth = 0): void {
    if (tag >>> 3 === 0) throw malformed('field number 0');
    switch (tag & 7) {
      case VARINT:
        this.skipVarint();
        return;
      case FIXED64:
        this.skipFixed64();
        return;
      case LENGTH_DELIMITED:
        this.pos = this.limit();
        return;
      case START_GROUP:
        this.#skipGroup(tag, depth);
        return;
      case FIXED32:
        this.#skipBytes(4);
        return;
      default:
        throw malformed(`wire type ${tag & 7}`);
    }
  }

  skipVarint(): void {
    const { bytes, end } = this;
    const last = Math.min(this.pos + 10, end);
    for (let at = this.pos; at < last; at++) {
      if (bytes[at]! < 0x80) {
        this.pos = at + 1;
        return;
      }
    }
    throw malformed(last === end ? 'truncated integer' : 'overlong integer');
  }

  skipFixed64(): void {
    this.#skipBytes(8);
  }

  #skipBytes(count: number): void {
    if (this.pos + count > this.end) throw malformed('truncated number');
    this.pos += count;
  }

  #skipGroup(tag: number, depth: number): void {
    if (depth >= MAX_GROUP_DEPTH) throw malformed('groups nested too deep');
    const endTag = (tag & ~7) | END_GROUP;
    for (;;) {
      if (this.pos >= this.end) throw malformed('truncated group');
      const inner = this.uint32();
      if (inner === endTag >>> 0) return;
      this.skip(inner, depth + 1);
    }
  }

  /** Reads a varint of up to seven bytes, below 2^49; -1, with nothing read, when it is longer or truncated. */
  shortVarint(): number {
    const { bytes, end } = this;
    let at = this.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; at < end && shift < 49; shift += 7) {
      const part = bytes[at++]!;
      // Two whole numbers of 28 and 21 bits: faster than one double.
      if (shift < 28) low |= (part & 0x7f) << shift;
      else high |= (part & 0x7f) << (shift - 28);
      if (part < 0x80) {
        this.pos = at;
        return shift < 28 ? low : low + high * 0x1000_0000;
      }
    }
    return -1;
  }

  #varint(): void {
    const { bytes } = this;
    const start = this.pos;
    this.skipVarint();
    let low = 0;
    let high = 0;
    const last = this.pos;
    for (let at = start, shift = 0; at < last; at++, shift += 7) {
      const part = bytes[at]! & 0x7f;
      if (shift < 28) low |= part << shift;
      else if (shift === 28) {
        low |= part << 28;
        high = part >>> 4;
      } else if (shift < 64) high |= part << (shift - 32);
    }
    this.#low = low;
    this.#high = high;
  }
}
