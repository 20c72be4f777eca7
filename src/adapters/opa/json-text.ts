import { Duration, formatIp, formatTimestamp, Timestamp } from 'fairlead/sdk';

// What a JSON string may not hold as it is. Unpaired surrogates become U+FFFD when the text is encoded.
// eslint-disable-next-line no-control-regex
const special = /["\\\u0000-\u001f]/;

/** A text as JSON, without the escapes for unpaired surrogates that the policies' JSON reader refuses. */
export function stringJson(text: string): string {
  if (!special.test(text)) return `"${text}"`;
  return JSON.stringify(Buffer.from(text).toString());
}

/**
 * Any value as JSON, numbers digit by digit so that an int64 stays exact. Instants become RFC 3339 texts, durations
 * nanoseconds and addresses their text; map keys keep their order.
 *
 * @throws Error for what JSON has no word for: infinities and NaN.
 */
export function valueJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringJson(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${value}`);
      return String(value);
    case 'object':
      return value === null ? 'null' : objectJson(value);
    default:
      throw new Error(`json: unsupported type: ${typeof value}`);
  }
}

function objectJson(value: object): string {
  if (value instanceof Timestamp) return stringJson(formatTimestamp(value));
  if (value instanceof Duration) return String(value.toNanos());
  if (value instanceof Uint8Array) return stringJson(formatIp(value));
  if (Array.isArray(value)) return `[${value.map(valueJson).join(',')}]`;
  return entriesJson(hasEntries(value) ? value.entries() : Object.entries(value));
}

function entriesJson(entries: Iterable<readonly [string, unknown]>): string {
  let text = '';
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${stringJson(key)}:${valueJson(value)}`;
  }
  return `{${text}}`;
}

function hasEntries(value: object): value is ReadonlyMap<string, unknown> {
  return typeof (value as { readonly entries?: unknown }).entries === 'function';
}
