/** The end of a head, or what it cannot become one for. */
export type Found = { readonly head: string; readonly rest: Buffer | undefined } | 'incomplete' | 'too large' | 'bad';

const [carriageReturn, lineFeed] = [13, 10];
// Bytes in which a wrong opening shows.
const shown = 32;
// Of the empty line: all but its last octet may be there already.
const unfinished = 3;
const emptyLine = Buffer.from('\r\n\r\n');

/** Of a request: a method, or as much of it as is there. */
export const requestOpening = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]*(?: |$)/;
/** Of an answer: its version. */
export const responseOpening = /^(?:H(?:T(?:T(?:P(?:\/(?:1(?:\.[^]*)?)?)?)?)?)?)?$/;

/** Finds heads in what comes over a connection, in whatever pieces, and looks at each octet once. */
export class HeadReader {
  readonly #most: number;
  readonly #opening: RegExp | undefined;
  #held: Buffer | undefined;

  /**
   * `most` is the number of bytes that a head may have. What does not begin as `opening` says is refused at once: it may
   * never have an end. The expression has to fit the beginning of a beginning, too.
   */
  constructor(most: number, opening?: RegExp) {
    this.#most = most;
    this.#opening = opening;
  }

  /** Whether a head has begun and not ended. */
  get isInside(): boolean {
    return this.#held !== undefined;
  }

  /** The head is a text of an octet each, with the CR LF of its last line and without the empty line. */
  read(chunk: Buffer): Found {
    const held = this.#held;
    // Half of an empty line may be what is held.
    const isOpen = held === undefined || held[0] === carriageReturn;
    const joined = held === undefined ? chunk : Buffer.concat([held, chunk]);
    const bytes = isOpen ? withoutEmptyLines(joined) : joined;
    const seen = isOpen ? 0 : held.length;
    const end = bytes.indexOf(emptyLine, Math.max(0, seen - unfinished));
    if (end === -1) return this.#wait(bytes, seen);
    this.#held = undefined;
    if (end > this.#most) return 'too large';
    const rest = end + 4 < bytes.length ? bytes.subarray(end + 4) : undefined;
    return { head: bytes.toString('latin1', 0, end + 2), rest };
  }

  #wait(bytes: Buffer, seen: number): Found {
    if (bytes.length > this.#most + unfinished) return 'too large';
    this.#held = bytes.length > 0 ? bytes : undefined;
    if (bytes.length === 1 && bytes[0] === carriageReturn) return 'incomplete';
    if (seen < shown && this.#opening?.test(bytes.toString('latin1', 0, shown)) === false) return 'bad';
    // Who ends lines otherwise would wait for an answer, and we for the end of the head.
    for (let at = bytes.indexOf(lineFeed, seen); at !== -1; at = bytes.indexOf(lineFeed, at + 1))
      if (bytes[at - 1] !== carriageReturn) return 'bad';
    return 'incomplete';
  }
}

/** Before a head they mean nothing: there are callers that send one after a body (RFC 9112, 2.2). */
function withoutEmptyLines(chunk: Buffer): Buffer {
  let at = 0;
  while (chunk[at] === carriageReturn && chunk[at + 1] === lineFeed) at += 2;
  return at === 0 ? chunk : chunk.subarray(at);
}
