import { Fields, readFields } from './fields.js';
import { HeadReader } from './head-reader.js';

const [tab, lineFeed, carriageReturn, blank, semicolon, lastVisible] = [9, 10, 13, 32, 59, 126];
// Thirteen digits of hexadecimal are a number of JavaScript's.
const mostDigits = 13;
/** Of all lines of sizes of a body, without the sizes: extensions mean nothing to us, and must not cost much. */
const mostExtensions = 16 * 1024;
const mostTrailers = 16 * 1024;

type State = 'size' | 'extension' | 'size end' | 'data' | 'data end' | 'data end 2' | 'trailers' | 'done';

/** Reads a chunked body (RFC 9112, 7.1), strictly: a size is digits only, and every line ends with CR LF. */
export class ChunkReader {
  trailers: string[] | undefined;
  #state: State = 'done';
  #size = 0;
  #digits = 0;
  #extensions = 0;
  #end: HeadReader | undefined;

  get isDone(): boolean {
    return this.#state === 'done';
  }

  begin(): void {
    this.trailers = undefined;
    this.#extensions = 0;
    this.#end = undefined;
    this.#beginSize();
  }

  read(chunk: Buffer, give: (data: Buffer) => void): Buffer | undefined | 'bad' {
    let at = 0;
    while (at < chunk.length) {
      if (this.#state === 'data') {
        const end = Math.min(chunk.length, at + this.#size);
        this.#size -= end - at;
        if (this.#size === 0) this.#state = 'data end';
        give(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end));
        at = end;
      } else if (this.#state === 'trailers') return this.#readTrailers(chunk.subarray(at));
      else if (!this.#step(chunk[at]!)) return 'bad';
      else at++;
    }
    return undefined;
  }

  #beginSize(): void {
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
  }

  #step(octet: number): boolean {
    switch (this.#state) {
      case 'size':
        return this.#readSize(octet);
      case 'extension':
        if (octet === carriageReturn) this.#state = 'size end';
        else return ++this.#extensions <= mostExtensions && isExtension(octet);
        return true;
      case 'size end':
        this.#state = this.#size === 0 ? 'trailers' : 'data';
        return octet === lineFeed;
      case 'data end':
        this.#state = 'data end 2';
        return octet === carriageReturn;
      default:
        this.#beginSize();
        return octet === lineFeed;
    }
  }

  #readSize(octet: number): boolean {
    const digit = digitOf(octet);
    if (digit !== -1) {
      this.#size = this.#size * 16 + digit;
      return ++this.#digits <= mostDigits;
    }
    this.#state = octet === semicolon ? 'extension' : 'size end';
    return this.#digits > 0 && (octet === semicolon || octet === carriageReturn);
  }

  /** Like a head whose first line is the last size: without trailers the empty line follows that at once. */
  #readTrailers(chunk: Buffer): Buffer | undefined | 'bad' {
    let reader = this.#end;
    if (reader === undefined) {
      // Nearly always there are none, and all of the end is here.
      if (chunk[0] === carriageReturn && chunk[1] === lineFeed) {
        this.#state = 'done';
        return chunk.length > 2 ? chunk.subarray(2) : undefined;
      }
      reader = this.#end = new HeadReader(mostTrailers);
      reader.read(zeroLine);
    }
    const found = reader.read(chunk);
    if (found === 'incomplete') return undefined;
    if (typeof found === 'string') return 'bad';
    const fields = new Fields();
    if (!readFields(found.head, zeroLine.length, fields)) return 'bad';
    // What frames or routes a message has no place behind it.
    fields.raw = fields.raw.filter((_, index) => fields.raw[index - (index % 2)] !== 'content-length');
    if (fields.raw.length > 0) this.trailers = fields.raw;
    this.#state = 'done';
    return found.rest;
  }
}

/** Not all that a value may have: readers differ in the rest. */
function isExtension(octet: number): boolean {
  return (octet >= blank && octet <= lastVisible) || octet === tab;
}

const zeroLine = Buffer.from('0\r\n');

function digitOf(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const lower = octet | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}
