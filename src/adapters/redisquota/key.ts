import { createHash } from 'node:crypto';
import { Duration, stringify, Timestamp, type Value } from 'fairlead/sdk';

/** The dimensions of one quota instance. */
export type Dimensions = Readonly<Record<string, Value>>;

/** The names under which one combination of dimensions is counted. All have one hash tag: one slot of a cluster. */
export interface Keys {
  readonly state: string;
  /** Buckets of a rolling window that are closed. */
  readonly buckets: string;
  /** What the answer to a deduplication id is remembered under. */
  answer(deduplicationId: string): string;
}

/**
 * Turns dimensions into the names of their count: different dimensions never give the same names. `limitPart` tells the
 * counts of different limits apart.
 */
export type MakeKeys = (dimensions: Dimensions, limitPart: string) => Keys;

// Longer names are replaced by their SHA-256: a caller's header must not become megabytes of Redis.
const longest = 200;

/**
 * Makes names from the values of these dimensions, in sorted order so that a configuration that only reorders them
 * counts on. Every text is preceded by its length and every value by its type: none can pretend to be another, or two.
 */
export function createKeyMaker(quotaName: string, dimensionNames: readonly string[]): MakeKeys {
  const sorted = [...dimensionNames].sort();
  const labels = sorted.map((name) => encodeText(name));
  const head = `${encodeText(quotaName)}${sorted.length};`;
  return (dimensions, limitPart) => {
    let text = head + encodeText(limitPart);
    for (let index = 0; index < sorted.length; index += 1) {
      text += labels[index]! + encodeValue(dimensions[sorted[index]!]);
    }
    return new KeysOf(text);
  };
}

/** Names and values of dimensions as one text. */
export function encodePairs(pairs: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [name, value] of pairs) text += encodeText(name) + encodeText(value);
  return text;
}

class KeysOf implements Keys {
  readonly state: string;
  readonly #rest: string;

  constructor(text: string) {
    // The tag need not be unique, only the same for all names of one count, and free of braces.
    this.#rest = `{${fingerprint(text)}}${shortened(text)}`;
    this.state = `fairlead:q:${this.#rest}`;
  }

  get buckets(): string {
    return `fairlead:b:${this.#rest}`;
  }

  answer(deduplicationId: string): string {
    return `fairlead:d:${this.#rest}${shortened(deduplicationId)}`;
  }
}

function encodeText(text: string): string {
  return `${text.length}:${text}`;
}

function encodeValue(value: Value | undefined): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'undefined':
      return '-';
    case 'bigint':
      return `i${value};`;
    case 'number':
      return `f${stringify(value)};`;
    case 'boolean':
      return value ? 'y' : 'n';
    default:
      return encodeObject(value);
  }
}

function encodeObject(value: Exclude<Value, string | bigint | number | boolean>): string {
  // To the nanosecond, and not as text for people, which cuts times off.
  if (value instanceof Timestamp) return `t${value.seconds}.${value.nanos};`;
  if (value instanceof Duration) return `d${value.seconds}.${value.nanos};`;
  if (value instanceof Uint8Array) return `b${encodeText(stringify(value))}`;
  const pairs = Array.from(value.entries()).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `m${pairs.length};${encodePairs(pairs)}`;
}

function shortened(text: string): string {
  return text.length <= longest ? `=${text}` : `#${createHash('sha256').update(text).digest('hex')}`;
}

/** FNV-1a over the text's 16-bit units. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}
