import { EvalError } from './eval-error.js';
import {
  BOOL,
  BROKEN,
  BYTES,
  DOUBLE,
  DURATION,
  INT64,
  KIND_MASK,
  kindOf,
  MAP,
  OVERLAID,
  READY,
  STRING,
  TIMESTAMP,
} from './kind.js';
import type { AttributeReader } from './reader.js';
import { RecordedMap } from './recorded-map.js';
import { ABSENT, PRESENT, ReferenceTracker, type SavedReferences, WHOLE_MAP } from './reference-tracker.js';
import type { References } from './references.js';
import { Slots } from './slots.js';
import { Duration, type StringMap, type Timestamp, type Value, type ValueType } from './value.js';
import { textOfValue } from './value-text.js';
import type { Vocabulary } from './vocabulary.js';
import { VocabularyIndex } from './vocabulary-index.js';
import { AttributeDecoder } from './wire/attribute-decoder.js';
import type { WireReader } from './wire/reader.js';
import type { Words } from './wire/words.js';

/** A state with a value to hand out: never one of an absent or broken slot. */
const READY_STRING = STRING | READY;
const READY_INT64 = INT64 | READY;
const KEY_UNKNOWN = 0;
const KEY_FOUND = 1;
const KEY_MISSING = 2;
/** Added to the two when the map is overlaid, so that finding it again records nothing. */
const KEY_UNRECORDED = 4;

interface Covered {
  readonly state: number;
  readonly value: unknown;
}

/**
 * The attributes of one request: decoded from the wire into the slots of a vocabulary, or put there by
 * {@link Bag.fromValues}; generated attributes are laid over them. Every read of a request's own attribute is recorded,
 * reads of generated ones are not (mixer-core.md 1.8, 2.4).
 *
 * A bag is made for reuse: {@link decode} and {@link reset} start anew. Maps that it handed out are only good until
 * then, all other values for ever. The vocabulary is sealed by its first bag.
 */
export class Bag implements AttributeReader {
  readonly vocabulary: Vocabulary;
  readonly #index: VocabularyIndex;
  readonly #slots: Slots;
  readonly #tracker: ReferenceTracker;
  readonly #decoder: AttributeDecoder;
  /** All that is one byte per slot or key slot, so that a message starts with a single fill. */
  readonly #flags: Uint8Array;
  readonly #states: Uint8Array;
  readonly #values: unknown[];
  readonly #read: Uint8Array;
  readonly #keysRead: Uint8Array;
  /** What is known of each constant key, and its value. */
  readonly #keyStates: Uint8Array;
  readonly #keyValues: string[];
  readonly #covered = new Map<number, Covered>();

  constructor(vocabulary: Vocabulary) {
    const index = VocabularyIndex.of(vocabulary);
    const [slots, keys] = [vocabulary.size, index.keyTexts.length];
    const flags = new Uint8Array(2 * (slots + keys));
    this.vocabulary = vocabulary;
    this.#index = index;
    this.#flags = flags;
    this.#states = flags.subarray(0, slots);
    this.#read = flags.subarray(slots, 2 * slots);
    this.#keysRead = flags.subarray(2 * slots, 2 * slots + keys);
    this.#keyStates = flags.subarray(2 * slots + keys);
    this.#slots = new Slots(this.#states);
    this.#values = this.#slots.values;
    this.#tracker = new ReferenceTracker(index, this.#read, this.#keysRead);
    this.#decoder = new AttributeDecoder(this.#slots, index);
    this.#keyValues = new Array<string>(keys).fill('');
  }

  /** A bag of plain values. Names that the vocabulary does not know are left out; of the same name the last counts. */
  static fromValues(vocabulary: Vocabulary, entries: Iterable<readonly [string, Value]>): Bag {
    const bag = new Bag(vocabulary);
    for (const [name, value] of entries) {
      const slot = vocabulary.slotOf(name);
      if (slot !== undefined) bag.#slots.set(slot, kindOf(value), value);
    }
    return bag;
  }

  /** How many values of the message named a word that does not exist; they read as absent (mixer-core.md 1.5). */
  get brokenValues(): number {
    return this.#slots.broken;
  }

  /** Empties the bag and forgets references and overlays. */
  reset(): void {
    this.#slots.reset();
    this.#forget();
  }

  /**
   * Replaces the bag's content by the CompressedAttributes between the reader's `pos` and `end`, of which `pos` is left
   * at the end. Throws MixerError MALFORMED_MESSAGE, and is then empty.
   */
  decode(reader: WireReader, defaultWords?: Words): void {
    this.#forget();
    try {
      this.#decoder.decode(reader, defaultWords);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  /**
   * Takes over all values of another bag of the same vocabulary, replacing those of the same name, and forgets references
   * and overlays: how a set of a delta-encoded Report changes the one before it.
   */
  absorb(other: Bag): void {
    this.clearOverlays();
    this.#tracker.clear();
    this.#flags.fill(0, this.#states.length);
    const from = other.#slots;
    from.materialiseAll();
    this.#slots.materialiseAll();
    from.states.forEach((state, slot) => {
      if ((state & READY) === 0 || (state & OVERLAID) !== 0) return;
      this.#states[slot] = state;
      this.#values[slot] = from.values[slot];
    });
  }

  /** Whether the slot has a value of either origin, without recording that anybody asked. */
  has(slot: number): boolean {
    const state = this.#states[slot]!;
    return state !== 0 && (state & BROKEN) === 0;
  }

  /**
   * Lays a generated attribute over a slot: from now on it is read, and reading it is not recorded. `undefined` takes
   * the overlay away.
   */
  overlay(slot: number, value: Value | undefined): void {
    const covered = this.#covered.get(slot);
    if (value !== undefined) {
      if (covered === undefined) {
        this.#covered.set(slot, { state: this.#states[slot]!, value: this.#values[slot] });
      }
      this.#states[slot] = kindOf(value) | READY | OVERLAID;
      this.#values[slot] = value;
    } else if (covered !== undefined) {
      this.#covered.delete(slot);
      this.#states[slot] = covered.state;
      this.#values[slot] = covered.value;
    }
    const keys = this.#index.keysOf[slot];
    if (keys !== undefined) for (const keySlot of keys.values()) this.#keyStates[keySlot] = KEY_UNKNOWN;
  }

  /** Takes all overlays away. */
  clearOverlays(): void {
    for (const slot of [...this.#covered.keys()]) this.overlay(slot, undefined);
  }

  /** An immutable copy of what has been read since the last {@link decode} or {@link reset}. */
  captureReferences(): References {
    return this.#tracker.capture();
  }

  /** Keeps what has been read so far, for {@link restoreReferences}. */
  saveReferences(): SavedReferences {
    return this.#tracker.save();
  }

  /** Goes back to what had been read when it was saved: quotas each start from there (mixer-core.md 1.6). */
  restoreReferences(saved: SavedReferences): void {
    this.#tracker.restore(saved);
  }

  string(slot: number): string | undefined | EvalError {
    const state = this.#states[slot];
    if (state === READY_STRING || state === STRING) {
      this.#read[slot] = PRESENT;
      return state === STRING ? this.#slots.text(slot) : (this.#values[slot] as string);
    }
    return this.#typed(slot, STRING) as string | undefined | EvalError;
  }

  int64(slot: number): bigint | undefined | EvalError {
    const state = this.#states[slot];
    if (state === READY_INT64 || state === INT64) {
      this.#read[slot] = PRESENT;
      return state === INT64 ? this.#slots.int64(slot) : (this.#values[slot] as bigint);
    }
    const value = this.#typed(slot, INT64, DURATION);
    return value instanceof Duration ? value.toNanos() : (value as bigint | undefined | EvalError);
  }

  double(slot: number): number | undefined | EvalError {
    return this.#typed(slot, DOUBLE) as number | undefined | EvalError;
  }

  bool(slot: number): boolean | undefined | EvalError {
    return this.#typed(slot, BOOL) as boolean | undefined | EvalError;
  }

  timestamp(slot: number): Timestamp | undefined | EvalError {
    return this.#typed(slot, TIMESTAMP) as Timestamp | undefined | EvalError;
  }

  duration(slot: number): Duration | undefined | EvalError {
    const value = this.#typed(slot, DURATION, INT64);
    return typeof value === 'bigint' ? Duration.fromNanos(value) : (value as Duration | undefined | EvalError);
  }

  ip(slot: number): Uint8Array | undefined | EvalError {
    return this.#typed(slot, BYTES) as Uint8Array | undefined | EvalError;
  }

  map(slot: number): StringMap | undefined | EvalError {
    const value = this.#typed(slot, MAP) as StringMap | undefined | EvalError;
    if (value === undefined || value instanceof EvalError || this.#isOverlaid(slot)) return value;
    return new RecordedMap(this.#tracker, slot, value);
  }

  key(keySlot: number): string | undefined | null | EvalError {
    const state = this.#keyStates[keySlot];
    if (state === KEY_FOUND) {
      this.#read[this.#index.keyOwners[keySlot]!] = WHOLE_MAP;
      this.#keysRead[keySlot] = PRESENT;
      return this.#keyValues[keySlot]!;
    }
    if (state === KEY_MISSING) {
      this.#read[this.#index.keyOwners[keySlot]!] = WHOLE_MAP;
      this.#keysRead[keySlot] = ABSENT;
      return null;
    }
    return this.#findKey(keySlot);
  }

  #isOverlaid(slot: number): boolean {
    return (this.#states[slot]! & OVERLAID) !== 0;
  }

  /** Reads a slot as one of two kinds and records that. */
  #typed(slot: number, kind: number, other: number = kind): Value | undefined | EvalError {
    const state = this.#states[slot]!;
    if (state === 0 || (state & BROKEN) !== 0) {
      this.#read[slot] = ABSENT;
      return undefined;
    }
    const actual = state & KIND_MASK;
    // A map where something else should be is sent as read: no key of it will be, and the error hangs on it.
    if ((state & OVERLAID) === 0) this.#read[slot] = actual === MAP && kind === MAP ? WHOLE_MAP : PRESENT;
    const value = (state & READY) === 0 ? this.#slots.materialise(slot) : (this.#values[slot] as Value);
    return actual === kind || actual === other ? value : this.#wrongType(slot, value);
  }

  #findKey(keySlot: number): string | undefined | null | EvalError {
    const slot = this.#index.keyOwners[keySlot]!;
    const state = this.#keyStates[keySlot]!;
    if (state >= KEY_UNRECORDED) return state === (KEY_FOUND | KEY_UNRECORDED) ? this.#keyValues[keySlot]! : null;
    const held = this.#states[slot]!;
    if ((held & KIND_MASK) !== MAP || (held & BROKEN) !== 0) {
      return this.#typed(slot, MAP) as undefined | EvalError;
    }
    const found =
      (held & READY) === 0
        ? this.#slots.lookUp(slot, this.#index.keyWords[keySlot]!)
        : (this.#values[slot] as StringMap).get(this.#index.keyTexts[keySlot]!);
    if (found !== undefined) this.#keyValues[keySlot] = found;
    const result = found === undefined ? KEY_MISSING : KEY_FOUND;
    const isOverlaid = (held & OVERLAID) !== 0;
    this.#keyStates[keySlot] = isOverlaid ? result | KEY_UNRECORDED : result;
    if (!isOverlaid) {
      this.#read[slot] = WHOLE_MAP;
      this.#keysRead[keySlot] = found === undefined ? ABSENT : PRESENT;
    }
    return found ?? null;
  }

  #wrongType(slot: number, value: Value): EvalError {
    const text = textOfValue(value);
    const expected: ValueType = this.vocabulary.typeOf(slot);
    const message = `attribute '${this.vocabulary.nameOf(slot)}' is no ${expected}: '${text}'`;
    return new EvalError('ATTRIBUTE_VALUE_WRONG_TYPE', message, text);
  }

  #forget(): void {
    // Nothing is known, read or there: all flags are zero.
    this.#flags.fill(0);
    this.#tracker.clear();
    if (this.#covered.size > 0) this.#covered.clear();
  }
}
