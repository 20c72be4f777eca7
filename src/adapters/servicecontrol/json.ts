/** An object of JSON that came from elsewhere: any field may be anything. */
export type Json = Readonly<Record<string, unknown>>;

/** The objects of a list; nothing when it is none. */
export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Whether a field is a list of objects, or not there, which is an empty one. */
export function isListIn(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isObject));
}

/** A field that should be an object; an empty one when it is none. */
export function objectIn(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** A field that should be text; empty when it is none. */
export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A 64-bit integer, which JSON has as text or as a number; undefined when it is none. */
export function int64In(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
