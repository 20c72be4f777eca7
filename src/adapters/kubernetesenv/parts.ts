/** A part of an object as a server sent it: anything may be missing, or be something else. */
export type Part = Readonly<Record<string, unknown>>;

const nothing: Part = Object.freeze({});

/** An object inside of an object; empty when there is none. */
export function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : nothing;
}

/** The objects of a list; others in it are empty. */
export function itemsOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.map(partOf) : [];
}

/** Empty when it is no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Texts by name, such as labels. */
export function textsOf(value: unknown): readonly [name: string, text: string][] {
  return Object.entries(partOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
