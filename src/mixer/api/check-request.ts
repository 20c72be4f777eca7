import { Bag, type Vocabulary, WireReader } from '../../attributes/index.js';
import type { QuotaRequest } from '../../runtime/index.js';
import { checkDictionary } from './dictionary.js';
import { addRange, readRanges } from './ranges.js';

const ATTRIBUTES_TAG = 0x0a;
const WORD_COUNT_TAG = 0x10;
const DEDUPLICATION_TAG = 0x1a;
const QUOTA_TAG = 0x22;

const noQuotas: readonly QuotaRequest[] = Object.freeze([]);

/** A Check as the runtime takes it. */
export interface DecodedCheck {
  readonly bag: Bag;
  readonly globalWordCount: number;
  readonly deduplicationId: string;
  /** In the order of the wire; of two of one name the last. */
  readonly quotas: readonly QuotaRequest[];
}

/**
 * Decodes a CheckRequest, its attributes straight into a bag. The bag refers to the bytes, which must not change while it
 * is in use. `options.bag` is reused instead of a new one; it must be of the same vocabulary and free. Throws MixerError
 * MALFORMED_MESSAGE or DICTIONARY_MISMATCH.
 */
export function decodeCheckRequest(
  bytes: Uint8Array,
  vocabulary: Vocabulary,
  options: { readonly bag?: Bag | undefined } = {},
): DecodedCheck {
  const reader = new WireReader(bytes);
  let attributes: readonly number[] | undefined;
  let globalWordCount = 0;
  let deduplicationId = '';
  let quotas: Map<string, QuotaRequest> | undefined;
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    if (tag === ATTRIBUTES_TAG) {
      const limit = reader.limit();
      attributes = addRange(attributes, reader.pos, limit);
      reader.pos = limit;
    } else if (tag === WORD_COUNT_TAG) globalWordCount = reader.uint32();
    else if (tag === DEDUPLICATION_TAG) deduplicationId = reader.text();
    else if (tag === QUOTA_TAG) {
      const quota = readQuota(reader);
      (quotas ??= new Map()).set(quota.name, quota);
    } else reader.skip(tag);
  }
  checkDictionary(globalWordCount);
  const bag = options.bag ?? new Bag(vocabulary);
  bag.decode(readRanges(reader, attributes));
  return { bag, globalWordCount, deduplicationId, quotas: quotas === undefined ? noQuotas : [...quotas.values()] };
}

/** Reads an entry of the quotas: a name, and its QuotaParams. */
function readQuota(reader: WireReader): QuotaRequest {
  let name = '';
  let amount = 0n;
  let bestEffort = false;
  const outer = reader.end;
  const limit = (reader.end = reader.limit());
  while (reader.pos < limit) {
    const tag = reader.uint32();
    if (tag === 0x0a) name = reader.text();
    else if (tag === 0x12) {
      amount = 0n;
      bestEffort = false;
      const end = (reader.end = reader.limit());
      while (reader.pos < end) {
        const field = reader.uint32();
        if (field === 0x08) amount = reader.int64();
        else if (field === 0x10) bestEffort = reader.bool();
        else reader.skip(field);
      }
      reader.end = limit;
    } else reader.skip(tag);
  }
  reader.end = outer;
  return { name, amount, bestEffort };
}
