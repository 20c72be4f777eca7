import { Duration, Timestamp, type Value } from '../../attributes/index.js';
import { CompressedAttributes } from '../../gen/istio/mixer/v1/attributes.js';

/** Collects the words of one message; indices count down from -1 (mixer-core.md 1.4). */
class Words {
  readonly list: string[] = [];
  readonly #indices = new Map<string, number>();

  indexOf(word: string): number {
    const known = this.#indices.get(word);
    if (known !== undefined) return known;
    const index = -this.list.push(word);
    this.#indices.set(word, index);
    return index;
  }
}

/** Puts attributes into wire form using words of the message only, as Mixer's own test client does. */
export function compressAttributes(attributes: Iterable<readonly [string, Value]>): CompressedAttributes {
  const words = new Words();
  const out = CompressedAttributes.create();
  for (const [name, value] of attributes) put(out, { name: words.indexOf(name), value, words });
  out.words = words.list;
  return out;
}

function put(out: CompressedAttributes, { name, value, words }: { name: number; value: Value; words: Words }): void {
  if (typeof value === 'string') out.strings[name] = words.indexOf(value);
  else if (typeof value === 'bigint') out.int64s[name] = value;
  else if (typeof value === 'number') out.doubles[name] = value;
  else if (typeof value === 'boolean') out.bools[name] = value;
  else if (value instanceof Timestamp) out.timestamps[name] = { seconds: BigInt(value.seconds), nanos: value.nanos };
  else if (value instanceof Duration) out.durations[name] = { seconds: BigInt(value.seconds), nanos: value.nanos };
  else if (value instanceof Uint8Array) out.bytes[name] = Buffer.from(value);
  else {
    const entries: Record<number, number> = {};
    for (const [key, text] of value.entries()) entries[words.indexOf(key)] = words.indexOf(text);
    out.stringMaps[name] = { entries };
  }
}
