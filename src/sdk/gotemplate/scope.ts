/** Which variables are known where, and the slot that holds each. */
export class Scope {
  readonly #names: string[] = ['$'];
  readonly #marks: number[] = [];
  #slots = 1;

  /** How many slots rendering needs; 0 is `$`. */
  get slots(): number {
    return this.#slots;
  }

  /** The slot of a variable; of several that bear the name, the innermost. Undefined when there is none. */
  find(name: string): number | undefined {
    const at = this.#names.lastIndexOf(name);
    return at < 0 ? undefined : at;
  }

  declare(name: string): number {
    this.#names.push(name);
    this.#slots = Math.max(this.#slots, this.#names.length);
    return this.#names.length - 1;
  }

  enter(): void {
    this.#marks.push(this.#names.length);
  }

  /** Forgets what was declared since the `enter` that it belongs to. */
  leave(): void {
    this.#names.length = this.#marks.pop() ?? 1;
  }
}
