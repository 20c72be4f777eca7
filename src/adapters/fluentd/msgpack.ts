const startCapacity = 4096;
// A bad day's entry of a megabyte need not be room for ever.
const keptCapacity = 65_536;
// Below that a loop is faster than two calls into native code.
const shortText = 48;

/**
 * Writes MessagePack. The library's own encoder takes objects for other things by the names of their keys, and knows
 * no `bigint`; the keys of a string map are hostile, and integers go up to 64 bits.
 */
export class MsgpackWriter {
  #buffer = Buffer.allocUnsafe(startCapacity);
  #length = 0;

  /** What was written since the last time, as bytes of its own. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    if (this.#buffer.length > keptCapacity) this.#buffer = Buffer.allocUnsafe(startCapacity);
    return bytes;
  }

  /** Forgets what was written since the last time. */
  clear(): void {
    this.#length = 0;
  }

  array(count: number): void {
    this.#head(count, { fix: 0x90, short: 0xdc, long: 0xdd });
  }

  map(count: number): void {
    this.#head(count, { fix: 0x80, short: 0xde, long: 0xdf });
  }

  nil(): void {
    this.#byte(0xc0);
  }

  boolean(value: boolean): void {
    this.#byte(value ? 0xc3 : 0xc2);
  }

  double(value: number): void {
    this.#byte(0xcb);
    this.#length = this.#room(8).writeDoubleBE(value, this.#length);
  }

  /** In as few bytes as it takes, signed as Mixer writes them. */
  integer(value: bigint | number): void {
    const small = Number(value);
    if (small >= -0x8000_0000 && small <= 0x7fff_ffff) {
      this.#integer32(small);
      return;
    }
    this.#byte(0xd3);
    this.#length = this.#room(8).writeBigInt64BE(BigInt.asIntN(64, BigInt(value)), this.#length);
  }

  string(text: string): void {
    if (text.length > shortText || !this.#ascii(text)) this.#anyString(text);
  }

  /** Writes a short text that is ASCII; any other it leaves alone and says so. */
  #ascii(text: string): boolean {
    const { length } = text;
    const buffer = this.#room(length + 2);
    let at = this.#length;
    if (length < 32) buffer[at++] = 0xa0 | length;
    else {
      buffer[at++] = 0xd9;
      buffer[at++] = length;
    }
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      buffer[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #anyString(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (bytes < 32) this.#byte(0xa0 | bytes);
    else if (bytes < 0x100) {
      this.#byte(0xd9);
      this.#byte(bytes);
    } else this.#wide(bytes, { short: 0xda, long: 0xdb });
    this.#length += this.#room(bytes).write(text, this.#length);
  }

  /** The forward protocol's EventTime: seconds and nanoseconds, unsigned. */
  eventTime(seconds: number, nanos: number): void {
    this.#byte(0xd7);
    this.#byte(0x00);
    const buffer = this.#room(8);
    this.#length = buffer.writeUInt32BE(nanos, buffer.writeUInt32BE(seconds, this.#length));
  }

  #integer32(value: number): void {
    if (value >= -32 && value <= 127) this.#byte(value & 0xff);
    else if (value >= -0x80 && value <= 0x7f) {
      this.#byte(0xd0);
      this.#byte(value & 0xff);
    } else if (value >= -0x8000 && value <= 0x7fff) {
      this.#byte(0xd1);
      this.#length = this.#room(2).writeInt16BE(value, this.#length);
    } else {
      this.#byte(0xd2);
      this.#length = this.#room(4).writeInt32BE(value, this.#length);
    }
  }

  #head(count: number, codes: { readonly fix: number; readonly short: number; readonly long: number }): void {
    if (count < 16) this.#byte(codes.fix | count);
    else this.#wide(count, codes);
  }

  #wide(count: number, codes: { readonly short: number; readonly long: number }): void {
    if (count < 0x1_0000) {
      this.#byte(codes.short);
      this.#length = this.#room(2).writeUInt16BE(count, this.#length);
    } else {
      this.#byte(codes.long);
      this.#length = this.#room(4).writeUInt32BE(count, this.#length);
    }
  }

  #byte(value: number): void {
    this.#room(1)[this.#length++] = value;
  }

  #room(bytes: number): Buffer {
    const needed = this.#length + bytes;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    return this.#buffer;
  }
}
