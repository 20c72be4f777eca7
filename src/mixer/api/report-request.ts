import { Bag, findUnresolved, malformed, type Vocabulary, WireReader, Words } from '../../attributes/index.js';
import type { MixerError } from '../../util/errors.js';
import { checkDictionary } from './dictionary.js';

const ATTRIBUTES_TAG = 0x0a;
const DEFAULT_WORD_TAG = 0x12;
const WORD_COUNT_TAG = 0x18;
const SEMANTICS_TAG = 0x20;
const DELTA_ENCODING = 0;

/**
 * Reads the attribute sets of a ReportRequest one after the other into one bag. The request is checked as a whole when
 * the decoder is made, so that nothing of a malformed one is ever reported; the bag refers to its bytes, which must not
 * change meanwhile.
 */
export class ReportDecoder {
  readonly globalWordCount: number;
  readonly #reader: WireReader;
  readonly #bag: Bag;
  /** Holds one set of a delta-encoded report until it has proved sound. */
  #delta: Bag | undefined;
  readonly #isDelta: boolean;
  readonly #defaultWords = new Words();
  /** Starts and ends of the sets. */
  readonly #ranges: number[] = [];
  #next = 0;

  /** Throws MixerError MALFORMED_MESSAGE or DICTIONARY_MISMATCH. `options.bag` is reused instead of a new one. */
  constructor(bytes: Uint8Array, vocabulary: Vocabulary, options: { readonly bag?: Bag | undefined } = {}) {
    const reader = new WireReader(bytes);
    let globalWordCount = 0;
    let semantics = DELTA_ENCODING;
    this.#defaultWords.reset(reader);
    while (reader.pos < reader.end) {
      const tag = reader.uint32();
      if (tag === ATTRIBUTES_TAG || tag === DEFAULT_WORD_TAG) {
        const limit = reader.limit();
        if (tag === ATTRIBUTES_TAG) this.#ranges.push(reader.pos, limit);
        else this.#defaultWords.add(reader.pos, limit);
        reader.pos = limit;
      } else if (tag === WORD_COUNT_TAG) globalWordCount = reader.uint32();
      else if (tag === SEMANTICS_TAG) semantics = reader.uint32();
      else reader.skip(tag);
    }
    checkDictionary(globalWordCount);
    this.globalWordCount = globalWordCount;
    this.#isDelta = semantics === DELTA_ENCODING;
    this.#reader = reader;
    this.#bag = options.bag ?? new Bag(vocabulary);
    for (let set = 0; set < this.count; set++) this.#bag.decode(this.#seek(set), this.#defaultWords);
  }

  /** Number of attribute sets. */
  get count(): number {
    return this.#ranges.length / 2;
  }

  /**
   * The next set: always the same bag, good until the next call. A MixerError when the set is to be left out, which does
   * not concern those after it; undefined at the end.
   */
  next(): Bag | MixerError | undefined {
    const set = this.#next;
    if (set >= this.count) return undefined;
    this.#next++;
    if (this.#isDelta && set > 0) return this.#accumulate(set);
    this.#bag.decode(this.#seek(set), this.#defaultWords);
    return this.#bag;
  }

  /** Lays a set over the ones before it, but only if all of it makes sense (mixer-core.md 1.7). */
  #accumulate(set: number): Bag | MixerError {
    const problem = findUnresolved(this.#seek(set), this.#defaultWords);
    if (problem !== undefined) return malformed(`attribute set ${set}: ${problem}`);
    this.#delta ??= new Bag(this.#bag.vocabulary);
    this.#delta.decode(this.#seek(set), this.#defaultWords);
    this.#bag.absorb(this.#delta);
    return this.#bag;
  }

  #seek(set: number): WireReader {
    this.#reader.pos = this.#ranges[set * 2]!;
    this.#reader.end = this.#ranges[set * 2 + 1]!;
    return this.#reader;
  }
}
