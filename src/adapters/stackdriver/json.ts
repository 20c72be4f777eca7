/** An object of JSON that came from elsewhere: any field may be anything. */
export type Json = Readonly<Record<string, unknown>>;

/** A value that should be an object; an empty one when it is none. */
export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** The objects of a value that should be a list. */
export function objectsOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

/** A value that should be text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A value that should be a number that counts; 0 when it is none. */
export function countOf(value: unknown): number {
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : 0;
}
