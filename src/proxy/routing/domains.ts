/** Finds what was stored for the domain that fits a host best: exact, longest `*.suffix`, longest `prefix.*`, `*`. */
export class Domains<T> {
  readonly #exact = new Map<string, T>();
  readonly #suffixes: { readonly text: string; readonly value: T }[] = [];
  readonly #prefixes: { readonly text: string; readonly value: T }[] = [];
  #any: T | undefined;

  /** The first of two with the same domain stays. */
  add(domain: string, value: T): void {
    const text = domain.toLowerCase();
    if (text === '*') this.#any ??= value;
    else if (text.startsWith('*')) insert(this.#suffixes, text.slice(1), value);
    else if (text.endsWith('*')) insert(this.#prefixes, text.slice(0, -1), value);
    else if (!this.#exact.has(text)) this.#exact.set(text, value);
  }

  find(host: string): T | undefined {
    const text = host.toLowerCase();
    const exact = this.#exact.get(text);
    if (exact !== undefined) return exact;
    for (const suffix of this.#suffixes) {
      // What the star stands for is not empty.
      if (text.length > suffix.text.length && text.endsWith(suffix.text)) return suffix.value;
    }
    for (const prefix of this.#prefixes) {
      if (text.length > prefix.text.length && text.startsWith(prefix.text)) return prefix.value;
    }
    return this.#any;
  }
}

/** Keeps the longest first, and of the same length the first first. */
function insert<T>(list: { readonly text: string; readonly value: T }[], text: string, value: T): void {
  const before = list.findIndex((entry) => entry.text.length < text.length);
  list.splice(before === -1 ? list.length : before, 0, { text, value });
}
