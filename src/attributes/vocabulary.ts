import { invariant } from '../util/invariant.js';
import type { ValueType } from './value.js';

/** A (string map attribute, constant key) pair that some expression reads. */
export interface KeySlot {
  readonly slot: number;
  readonly key: string;
}

/**
 * The attributes a snapshot knows, each with an integer slot. Filled while a configuration is loaded, sealed by the
 * first bag that is made from it: the request path then resolves no name it could have resolved before.
 */
export class Vocabulary {
  readonly #slots = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #types: ValueType[] = [];
  readonly #keySlots: KeySlot[] = [];
  readonly #keySlotOf: Map<string, number>[] = [];
  readonly #hidden = new Set<number>();
  readonly #marked = new Set<number>();
  #onlyMarked = false;
  #sealed = false;

  /** Number of attribute slots. */
  get size(): number {
    return this.#names.length;
  }

  /** The pairs of attribute and constant key, by key slot. */
  get keySlots(): readonly KeySlot[] {
    return this.#keySlots;
  }

  /** Adds an attribute and returns its slot. The name must be new. */
  define(name: string, type: ValueType): number {
    invariant(!this.#sealed, 'the vocabulary is sealed');
    invariant(!this.#slots.has(name), `attribute '${name}' is defined twice`);
    const slot = this.#names.length;
    this.#slots.set(name, slot);
    this.#names.push(name);
    this.#types.push(type);
    this.#keySlotOf.push(new Map());
    return slot;
  }

  /**
   * Adds a slot that only overlays fill (an adapter's output): no client can send it, and reading it leaves no
   * reference. `name` is found by {@link slotOf} like any other, so it must be one that no expression can spell.
   */
  defineHidden(name: string, type: ValueType): number {
    const slot = this.define(name, type);
    this.#hidden.add(slot);
    return slot;
  }

  isHidden(slot: number): boolean {
    return this.#hidden.has(slot);
  }

  slotOf(name: string): number | undefined {
    return this.#slots.get(name);
  }

  nameOf(slot: number): string {
    return this.#names[slot] ?? '';
  }

  typeOf(slot: number): ValueType {
    return this.#types[slot] ?? 'VALUE_TYPE_UNSPECIFIED';
  }

  names(): readonly string[] {
    return this.#names;
  }

  /** The slot of one constant key of a map attribute; the same pair always gets the same slot. */
  keySlot(slot: number, key: string): number {
    const known = this.#keySlotOf[slot]?.get(key);
    if (known !== undefined) return known;
    invariant(!this.#sealed, 'the vocabulary is sealed');
    const keySlot = this.#keySlots.push({ slot, key }) - 1;
    this.#keySlotOf[slot]?.set(key, keySlot);
    return keySlot;
  }

  /** Notes that something reads the attribute, its keys included. */
  markRead(slot: number): void {
    if (this.#marked.has(slot)) return;
    invariant(!this.#onlyMarked, `attribute '${this.nameOf(slot)}' is marked too late`);
    this.#marked.add(slot);
  }

  /**
   * Makes bags leave out what is not marked as read by now, as if nobody had sent it. Without this call they take
   * everything that has a slot.
   */
  keepOnlyMarked(): void {
    invariant(this.#onlyMarked || !this.#sealed, 'the vocabulary is sealed');
    this.#onlyMarked = true;
  }

  /** Whether bags keep what a client sends under this name. */
  isKept(slot: number): boolean {
    return !this.#hidden.has(slot) && (!this.#onlyMarked || this.#marked.has(slot));
  }

  /** Forbids further additions; bags size their arrays by what is there. */
  seal(): void {
    this.#sealed = true;
  }
}
