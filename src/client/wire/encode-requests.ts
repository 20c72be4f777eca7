import { WireWriter } from '../../attributes/index.js';
import type { AttributeSet, CheckCall } from '../transport.js';
import { writeAttributes, writeWords } from './encode-attributes.js';
import { MessageWords } from './message-words.js';

const INDEPENDENT_ENCODING = 1;

// One for all requests: encoding one never yields to another.
const writer = new WireWriter();

/** Encodes a CheckRequest that uses the first `globalWordCount` words of the global dictionary (mesh.md 1.8). */
export function encodeCheckRequest(call: CheckCall, globalWordCount: number): Buffer {
  writer.clear();
  for (const { name, amount, bestEffort } of call.quotas.toReversed()) {
    const entry = writer.mark;
    writer.uint32(2, bestEffort ? 1 : 0);
    writer.int64(1, amount);
    writer.close(2, entry);
    writer.text(1, name);
    writer.close(4, entry);
  }
  writer.text(3, call.deduplicationId);
  writer.uint32(2, globalWordCount);
  const mark = writer.mark;
  const words = new MessageWords(globalWordCount);
  writeAttributes(writer, call.attributes, words);
  writeWords(writer, 1, words.list);
  writer.close(1, mark);
  return writer.finish() as Buffer;
}

/** Encodes a ReportRequest set by set: each stands alone, over words that they share. */
export class ReportEncoder {
  readonly #globalWordCount: number;
  readonly #words: MessageWords;
  readonly #sets: Uint8Array[] = [];
  #size = 0;
  #wordSize = 0;
  #counted = 0;

  constructor(globalWordCount: number) {
    this.#globalWordCount = globalWordCount;
    this.#words = new MessageWords(globalWordCount);
  }

  /** Bytes so far, or some more. */
  get size(): number {
    const { list } = this.#words;
    for (; this.#counted < list.length; this.#counted++) this.#wordSize += wordSize(list[this.#counted]!);
    return this.#size + this.#wordSize;
  }

  add(set: AttributeSet): void {
    writer.clear();
    writeAttributes(writer, set, this.#words);
    writer.close(1, 0);
    const bytes = writer.finish();
    this.#sets.push(bytes);
    this.#size += bytes.length;
  }

  finish(): Buffer {
    writer.clear();
    writer.uint32(4, INDEPENDENT_ENCODING);
    writer.uint32(3, this.#globalWordCount);
    writeWords(writer, 2, this.#words.list);
    return Buffer.concat([...this.#sets, writer.finish()]);
  }
}

// Of a text in UTF-16, at the most.
const bytesPerUnit = 3;
const fieldBytes = 6;

function wordSize(word: string): number {
  return word.length * bytesPerUnit + fieldBytes;
}
