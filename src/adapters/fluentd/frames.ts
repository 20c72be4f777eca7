// What servers answer is small and rare; more than this is something else.
const longestFrame = 65_536;
const mostFrames = 64;

/** Cuts what a server sends into MessagePack messages, whatever pieces it comes in. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /**
   * The messages that are complete with these bytes.
   *
   * @throws when the bytes are no MessagePack, or more or longer messages than the forward protocol has.
   */
  push(bytes: Buffer): readonly Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    for (let end = frameEnd(this.#rest); end !== undefined; end = frameEnd(this.#rest)) {
      if (frames.push(this.#rest.subarray(0, end)) > mostFrames) throw new Error('the server sent messages unasked');
      this.#rest = this.#rest.subarray(end);
    }
    if (this.#rest.length > longestFrame) throw new Error('the server sent a message that has no end');
    return frames;
  }
}

/** Where the first message ends; undefined when it goes on. Without recursion: nesting is the server's choice. */
function frameEnd(bytes: Buffer): number | undefined {
  let at = 0;
  for (let values = 1; values > 0; values -= 1) {
    const head = at < bytes.length ? readHead(bytes, at) : undefined;
    if (head === undefined) return undefined;
    at += head.length;
    values += head.values;
    if (values > longestFrame || at > longestFrame) throw new Error('the server sent a message that has no end');
  }
  return at <= bytes.length ? at : undefined;
}

interface Head {
  /** Bytes of the value without those inside. */
  readonly length: number;
  /** Values inside. */
  readonly values: number;
}

// By first byte: how many bytes the length or count has, and how many bytes follow besides.
const sized = new Map([
  [0xc4, { width: 1, extra: 0 }],
  [0xc5, { width: 2, extra: 0 }],
  [0xc6, { width: 4, extra: 0 }],
  [0xc7, { width: 1, extra: 1 }],
  [0xc8, { width: 2, extra: 1 }],
  [0xc9, { width: 4, extra: 1 }],
  [0xd9, { width: 1, extra: 0 }],
  [0xda, { width: 2, extra: 0 }],
  [0xdb, { width: 4, extra: 0 }],
]);
// Whole lengths of what has one.
const fixed = new Map(
  Object.entries({
    1: [0xc0, 0xc2, 0xc3],
    2: [0xcc, 0xd0],
    3: [0xcd, 0xd1, 0xd4],
    4: [0xd5],
    5: [0xca, 0xce, 0xd2],
    6: [0xd6],
    9: [0xcb, 0xcf, 0xd3],
    10: [0xd7],
    18: [0xd8],
  }).flatMap(([length, codes]) => codes.map((code) => [code, Number(length)] as const)),
);
// The same for arrays and maps: how many bytes the count has, and how many values are inside for each.
const containers = new Map([
  [0xdc, { width: 2, each: 1 }],
  [0xdd, { width: 4, each: 1 }],
  [0xde, { width: 2, each: 2 }],
  [0xdf, { width: 4, each: 2 }],
]);

function readHead(bytes: Buffer, at: number): Head | undefined {
  const code = bytes[at]!;
  if (code < 0x80 || code >= 0xe0) return { length: 1, values: 0 };
  if (code < 0x90) return { length: 1, values: 2 * (code & 0x0f) };
  if (code < 0xa0) return { length: 1, values: code & 0x0f };
  if (code < 0xc0) return { length: 1 + (code & 0x1f), values: 0 };
  const length = fixed.get(code);
  if (length !== undefined) return { length, values: 0 };
  const shape = sized.get(code) ?? containers.get(code) ?? unknownCode(code);
  const { width } = shape;
  if (at + 1 + width > bytes.length) return undefined;
  const count = bytes.readUIntBE(at + 1, width);
  if ('each' in shape) return { length: 1 + width, values: shape.each * count };
  return { length: 1 + width + shape.extra + count, values: 0 };
}

function unknownCode(code: number): never {
  throw new Error(`the server sent what is no MessagePack (0x${code.toString(16)})`);
}
