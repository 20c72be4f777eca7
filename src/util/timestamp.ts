const text = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|([+-])(\d\d):(\d\d))$/;

/** A point in time with nanosecond precision. `nanos` is 0 to 999,999,999 and counts forward, also before 1970. */
export class Timestamp {
  constructor(
    /** Whole seconds since the Unix epoch, may be negative. */
    readonly seconds: number,
    readonly nanos: number,
  ) {}

  static fromMillis(millis: number): Timestamp {
    const seconds = Math.floor(millis / 1000);
    return new Timestamp(seconds, Math.round((millis - seconds * 1000) * 1e6));
  }

  /** Reads RFC 3339 with fraction and offset, as Go's time.Parse does; undefined when the text is not one. */
  static parse(value: string): Timestamp | undefined {
    const match = text.exec(value);
    if (match === null) return undefined;
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const offset = offsetSeconds(match[9], Number(match[10] ?? 0), Number(match[11] ?? 0));
    if (!isDate(year, month, day) || hour > 23 || minute > 59 || second > 59 || offset === undefined) return undefined;
    const nanos = Number((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
    return new Timestamp(epochSeconds(year, month, day) + hour * 3600 + minute * 60 + second - offset, nanos);
  }

  compare(other: Timestamp): number {
    return this.seconds - other.seconds || this.nanos - other.nanos;
  }

  toMillis(): number {
    return this.seconds * 1000 + this.nanos / 1e6;
  }

  /** UTC, RFC 3339, with exactly `digits` fraction digits; by default as many as needed. */
  toString(digits?: number): string {
    const base = new Date(this.seconds * 1000).toISOString().slice(0, -5);
    const nanos = this.nanos.toString().padStart(9, '0');
    const fraction = digits === undefined ? nanos.replace(/0+$/, '') : nanos.slice(0, digits);
    return fraction === '' ? `${base}Z` : `${base}.${fraction}Z`;
  }
}

function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function offsetSeconds(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined;
  return (sign === '-' ? -60 : 60) * (hours * 60 + minutes);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

// Date.UTC maps the years 0 to 99 to 1900 to 1999, so the year is set apart.
function epochSeconds(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 1000;
}
