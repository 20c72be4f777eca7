import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { type Clock, Duration, Timestamp } from 'fairlead/sdk';

type Builtin = (...args: never[]) => unknown;
type Builtins = Readonly<Record<string, Builtin>>;

/**
 * Built-in functions that a policy has to be lent: those of Mixer's OPA that the compiled module does not bring along and
 * opa-wasm does not have. An answer of undefined is Rego's undefined. Numbers pass as JSON, so nanoseconds since the
 * epoch are exact to a quarter of a microsecond.
 */
export function createBuiltins(clock: Clock): Builtins {
  return {
    'time.now_ns': () => Math.floor(clock.now() * 1e6),
    'time.clock': (nanos: number) => clockOf(instantOf(nanos)),
    'time.date': (nanos: number) => dateOf(instantOf(nanos)),
    'time.parse_duration_ns': (text: string) => numberOf(Duration.parse(text)?.toNanos()),
    'time.parse_rfc3339_ns': (text: string) => nanosOf(Timestamp.parse(text)),
    trace: () => true,
    'urlquery.encode': encodeQuery,
    'urlquery.decode': decodeQuery,
    'urlquery.encode_object': encodeObject,
    'io.jwt.decode': decodeToken,
    'io.jwt.verify_hs256': (token: string, secret: string) => verifyHs256(token, secret),
    'io.jwt.verify_rs256': (token: string, key: string) => verifyRs256(token, key),
  };
}

/**
 * Functions that opa-wasm has itself and that are lent as well. Its `regex.split` is not: it runs on JavaScript's regular
 * expressions, some of which never come to an end.
 */
export const libraryBuiltins: ReadonlySet<string> = new Set([
  ...['json.is_valid', 'sprintf', 'yaml.is_valid', 'yaml.marshal', 'yaml.unmarshal'],
]);

function instantOf(nanos: unknown): Date {
  if (typeof nanos !== 'number') throw new Error('only times in UTC are supported');
  return new Date(nanos / 1e6);
}

function clockOf(time: Date): readonly number[] {
  return [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()];
}

function dateOf(time: Date): readonly number[] {
  return [time.getUTCFullYear(), time.getUTCMonth() + 1, time.getUTCDate()];
}

function numberOf(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function nanosOf(time: Timestamp | undefined): number | undefined {
  return time === undefined ? undefined : Number(BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos));
}

/** As Go's url.QueryEscape: a space is a plus, and only letters, digits and `-_.~` stay as they are. */
function encodeQuery(text: string): string {
  const escape = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, escape)
    .replaceAll('%20', '+');
}

function decodeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // An escape that is none has no value in Rego either.
    return undefined;
  }
}

function encodeObject(values: Readonly<Record<string, string | readonly string[]>>): string {
  return Object.keys(values)
    .sort()
    .flatMap((key) => [values[key] ?? []].flat().map((value) => `${encodeQuery(key)}=${encodeQuery(value)}`))
    .join('&');
}

const token = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;

function decodeToken(text: string): readonly unknown[] | undefined {
  const [, header, payload, signature] = token.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  try {
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    return [read(header), read(payload), Buffer.from(signature, 'base64url').toString('hex')];
  } catch {
    // A token whose parts are no JSON is undefined, as in OPA.
    return undefined;
  }
}

function verifyHs256(text: string, secret: string): boolean | undefined {
  const parts = signedParts(text);
  if (parts === undefined) return undefined;
  const expected = createHmac('sha256', secret).update(parts.signed).digest();
  return expected.length === parts.signature.length && timingSafeEqual(expected, parts.signature);
}

function verifyRs256(text: string, key: string): boolean | undefined {
  const parts = signedParts(text);
  if (parts === undefined) return undefined;
  return verify('RSA-SHA256', Buffer.from(parts.signed), createPublicKey(key), parts.signature);
}

function signedParts(text: string): { readonly signed: string; readonly signature: Buffer } | undefined {
  const [, header, payload, signature] = token.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) return undefined;
  return { signed: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
}
