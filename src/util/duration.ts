const NANOS_PER_SECOND = 1_000_000_000n;
const MAX_NANOS = 2n ** 63n - 1n;
const MIN_NANOS = -(2n ** 63n);
const unitNanos: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', NANOS_PER_SECOND],
  ['m', 60n * NANOS_PER_SECOND],
  ['h', 3600n * NANOS_PER_SECOND],
]);
const part = /(\d+)?(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y;

/**
 * A signed span of time with nanosecond precision. `seconds` and `nanos` carry the same sign, as in
 * google.protobuf.Duration, so both stay exact as numbers.
 */
export class Duration {
  static readonly zero = new Duration(0, 0);

  constructor(
    readonly seconds: number,
    readonly nanos: number,
  ) {}

  static fromNanos(nanos: bigint): Duration {
    return new Duration(Number(nanos / NANOS_PER_SECOND), Number(nanos % NANOS_PER_SECOND));
  }

  static fromSeconds(seconds: number): Duration {
    const whole = Math.trunc(seconds);
    return new Duration(whole, Math.round((seconds - whole) * 1e9));
  }

  static fromMillis(millis: number): Duration {
    const whole = Math.trunc(millis / 1000);
    return new Duration(whole, Math.round((millis - whole * 1000) * 1e6));
  }

  /** Reads Go's duration text (`5s`, `1h30m`, `-1.5ms`, `0`); undefined when it is none or does not fit 64-bit ns. */
  static parse(text: string): Duration | undefined {
    const negative = text.startsWith('-');
    const size = parseUnsigned(negative || text.startsWith('+') ? text.slice(1) : text);
    if (size === undefined) return undefined;
    const nanos = negative ? -size : size;
    return nanos > MAX_NANOS || nanos < MIN_NANOS ? undefined : Duration.fromNanos(nanos);
  }

  /** Nanoseconds, saturated to a signed 64-bit integer (a wire duration can be longer than Go's). */
  toNanos(): bigint {
    const nanos = BigInt(this.seconds) * NANOS_PER_SECOND + BigInt(this.nanos);
    return nanos > MAX_NANOS ? MAX_NANOS : nanos < MIN_NANOS ? MIN_NANOS : nanos;
  }

  /** Seconds as a double: exact enough for metrics, not for comparison. */
  toSeconds(): number {
    return this.seconds + this.nanos / 1e9;
  }

  toMillis(): number {
    return this.seconds * 1000 + this.nanos / 1e6;
  }

  equals(other: Duration): boolean {
    return this.seconds === other.seconds && this.nanos === other.nanos;
  }

  /** Go's own form: `1h0m0s`, `1.5s`, `20ms`, `0s`. */
  toString(): string {
    const nanos = this.toNanos();
    if (nanos === 0n) return '0s';
    const sign = nanos < 0n ? '-' : '';
    const size = nanos < 0n ? -nanos : nanos;
    if (size < 1_000n) return `${sign}${size}ns`;
    if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}\u00b5s`;
    if (size < NANOS_PER_SECOND) return `${sign}${decimal(size, 1_000_000n)}ms`;
    const minutes = size / (60n * NANOS_PER_SECOND);
    const seconds = `${decimal(size % (60n * NANOS_PER_SECOND), NANOS_PER_SECOND)}s`;
    if (minutes === 0n) return `${sign}${seconds}`;
    const hours = minutes / 60n;
    return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
  }
}

/** Nanoseconds of a duration without sign; stops adding where no sign makes it fit. */
function parseUnsigned(body: string): bigint | undefined {
  if (body === '0') return 0n;
  if (body === '') return undefined;
  let total = 0n;
  for (let at = 0; at < body.length; at = part.lastIndex) {
    part.lastIndex = at;
    const [found, whole = '', fraction = '', unit = ''] = part.exec(body) ?? [];
    if (found === undefined || whole + fraction === '') return undefined;
    const scale = unitNanos.get(unit) ?? 0n;
    total += BigInt(whole) * scale + (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > -MIN_NANOS) return undefined;
  }
  return total;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`;
}
