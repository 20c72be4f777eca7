/** One set of references in its wire form. */
interface EncodedShape {
  readonly found: readonly number[];
  readonly globalWordCount: number;
  readonly bytes: Uint8Array;
}

// A power of two. Rules read few different sets of attributes, and a collision only costs encoding again.
const PLACES = 64;

/**
 * The wire form of sets of references that were sent lately. Which attributes a request reads depends on the rules far
 * more than on the request, so nearly every response repeats the references of an earlier one.
 */
export class EncodedShapes {
  readonly #places: (EncodedShape | undefined)[] = new Array<EncodedShape | undefined>(PLACES).fill(undefined);

  get(found: readonly number[], globalWordCount: number): Uint8Array | undefined {
    const shape = this.#places[placeOf(found, globalWordCount)];
    if (shape?.globalWordCount !== globalWordCount || shape.found.length !== found.length) return undefined;
    for (let at = 0; at < found.length; at++) if (shape.found[at] !== found[at]) return undefined;
    return shape.bytes;
  }

  set(found: readonly number[], globalWordCount: number, bytes: Uint8Array): void {
    this.#places[placeOf(found, globalWordCount)] = { found, globalWordCount, bytes };
  }
}

function placeOf(found: readonly number[], globalWordCount: number): number {
  let hash = globalWordCount;
  for (let at = 0; at < found.length; at++) hash = (Math.imul(hash, 31) + found[at]!) | 0;
  return (hash ^ (hash >>> 15)) & (PLACES - 1);
}
