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

/** Encodes a ReportRequest: sets that each stand alone, over words that they share. */
export function encodeReportRequest(sets: readonly AttributeSet[], globalWordCount: number): Buffer {
  writer.clear();
  const words = new MessageWords(globalWordCount);
  writer.uint32(4, INDEPENDENT_ENCODING);
  writer.uint32(3, globalWordCount);
  const behind = writer.finish();
  for (const set of sets.toReversed()) {
    const mark = writer.mark;
    writeAttributes(writer, set, words);
    writer.close(1, mark);
  }
  writeWords(writer, 2, words.list);
  return Buffer.concat([writer.finish(), behind]);
}
