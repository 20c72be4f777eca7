/** What {@link Ring.take} gives: some items from the front, and their size in bytes. */
export interface Taken<Item> {
  readonly items: readonly Item[];
  readonly bytes: number;
}

const startCapacity = 64;

/**
 * Items in the order in which they came, with their sizes. Room doubles when it is needed, so an item itself costs no
 * allocation. Whoever pushes sees to the bounds.
 */
export class Ring<Item> {
  #items: (Item | undefined)[] = new Array<Item | undefined>(startCapacity);
  #sizes: number[] = new Array<number>(startCapacity).fill(0);
  #capacity = startCapacity;
  #first = 0;
  #end = 0;
  #bytes = 0;

  /** How many items ever left: the number of the oldest one that waits. */
  get first(): number {
    return this.#first;
  }

  /** How many items ever came: the number of the next one. */
  get end(): number {
    return this.#end;
  }

  get length(): number {
    return this.#end - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(item: Item, size: number): void {
    if (this.length === this.#capacity) this.#grow();
    // The remainder, not a bit mask: the numbers outgrow 32 bits within days.
    const index = this.#end % this.#capacity;
    this.#items[index] = item;
    this.#sizes[index] = size;
    this.#end += 1;
    this.#bytes += size;
  }

  /** Takes from the front what fits into the limits; at least one item when there is one. */
  take(limits: { readonly entries: number; readonly bytes: number }): Taken<Item> {
    const items: Item[] = [];
    let bytes = 0;
    while (this.length > 0 && (items.length === 0 || items.length < limits.entries)) {
      const size = this.#sizes[this.#first % this.#capacity]!;
      if (items.length > 0 && bytes + size > limits.bytes) break;
      items.push(this.#shift());
      bytes += size;
    }
    return { items, bytes };
  }

  /** Drops the oldest item. */
  drop(): void {
    this.#shift();
  }

  /** Drops everything, and with it the room that a bad day has taken. */
  clear(): void {
    this.#first = this.#end;
    this.#bytes = 0;
    this.#resize(startCapacity);
  }

  #shift(): Item {
    const index = this.#first % this.#capacity;
    const item = this.#items[index] as Item;
    this.#items[index] = undefined;
    this.#bytes -= this.#sizes[index]!;
    this.#first += 1;
    return item;
  }

  #grow(): void {
    this.#resize(this.#capacity * 2);
  }

  #resize(capacity: number): void {
    const items = new Array<Item | undefined>(capacity);
    const sizes = new Array<number>(capacity).fill(0);
    for (let number = this.#first; number < this.#end; number += 1) {
      const from = number % this.#capacity;
      items[number % capacity] = this.#items[from];
      sizes[number % capacity] = this.#sizes[from]!;
    }
    this.#items = items;
    this.#sizes = sizes;
    this.#capacity = capacity;
  }
}
