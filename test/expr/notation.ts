import { Duration, EvalError, type References, Timestamp, type Value } from '../../src/attributes/index.js';

/** A value in the notation of the conformance files: `{"$int64": 1}` and the like; strings and booleans are bare. */
export type Noted =
  | string
  | boolean
  | { readonly $int64: number | string }
  | { readonly $double: number }
  | { readonly $duration: string }
  | { readonly $timestamp: string }
  | { readonly $bytes: string }
  | { readonly $stringmap: Readonly<Record<string, string>> | null };

export function fromNotation(noted: Noted): Value {
  if (typeof noted === 'string' || typeof noted === 'boolean') return noted;
  if ('$int64' in noted) return BigInt(noted.$int64);
  if ('$double' in noted) return noted.$double;
  if ('$duration' in noted) return Duration.parse(noted.$duration)!;
  if ('$timestamp' in noted) return Timestamp.parse(noted.$timestamp)!;
  if ('$bytes' in noted) return new Uint8Array(Buffer.from(noted.$bytes, 'base64'));
  return new Map(Object.entries(noted.$stringmap ?? {}));
}

/** A text that is equal for equal values only, whatever classes carry them. */
export function describeValue(value: Value | EvalError): string {
  if (value instanceof EvalError) return `${value.kind} ${value.subject}`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (value instanceof Duration || value instanceof Timestamp) return `${value.constructor.name} ${value.toString()}`;
  if (typeof value === 'object') return `map ${JSON.stringify([...value.entries()].sort())}`;
  return String(value);
}

/** References in the notation of the conformance files: `a`, `-a`, `m[k]`, `-m[k]`, sorted bytewise. */
export function describeReferences(references: References): string[] {
  return references
    .list()
    .map(
      ({ name, key, condition }) =>
        `${condition === 'ABSENCE' ? '-' : ''}${name}${key === undefined ? '' : `[${key}]`}`,
    )
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
