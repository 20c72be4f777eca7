/** Writes a time: milliseconds since the epoch. */
export type WriteTime = (millis: number) => string;

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value));
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** What a letter after `%` stands for, in UTC. */
const letters: ReadonlyMap<string, (date: Date) => string> = new Map<string, (date: Date) => string>([
  ['Y', (date) => String(date.getUTCFullYear())],
  ['y', (date) => twoDigits(date.getUTCFullYear() % 100)],
  ['m', (date) => twoDigits(date.getUTCMonth() + 1)],
  ['d', (date) => twoDigits(date.getUTCDate())],
  ['e', (date) => String(date.getUTCDate()).padStart(2)],
  ['H', (date) => twoDigits(date.getUTCHours())],
  ['I', (date) => twoDigits(date.getUTCHours() % 12 || 12)],
  ['p', (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM')],
  ['M', (date) => twoDigits(date.getUTCMinutes())],
  ['S', (date) => twoDigits(date.getUTCSeconds())],
  ['j', (date) => String(dayOfYear(date)).padStart(3, '0')],
  ['a', (date) => days[date.getUTCDay()]!.slice(0, 3)],
  ['A', (date) => days[date.getUTCDay()]!],
  ['b', (date) => months[date.getUTCMonth()]!.slice(0, 3)],
  ['B', (date) => months[date.getUTCMonth()]!],
  ['F', (date) => date.toISOString().slice(0, 10)],
  ['T', (date) => date.toISOString().slice(11, 19)],
  ['s', (date) => String(Math.floor(date.getTime() / 1000))],
  ['z', () => '+0000'],
  ['Z', () => 'UTC'],
  ['%', () => '%'],
]);

/**
 * Compiles a format of strftime with Envoy's fractions: `%f` and `%1f` to `%9f`, `%E3S`. Without one, ISO 8601 in
 * milliseconds.
 *
 * @throws Error for a letter that is not known.
 */
export function compileTime(format: string | undefined): WriteTime {
  if (format === undefined || format === '') return isoTime();
  const parts: ((date: Date) => string)[] = [];
  let at = 0;
  for (const match of format.matchAll(/%(?:E?(\d)([fS])|(.)|$)/gsu)) {
    const [whole, digits, kind, letter = ''] = match;
    const text = format.slice(at, match.index);
    at = match.index + whole.length;
    parts.push(() => text);
    const write = digits === undefined ? fieldOf(letter) : fractionOf(Number(digits), kind === 'S');
    if (write === undefined) throw new Error(`does not know '${whole}'`);
    parts.push(write);
  }
  const end = format.slice(at);
  return (millis) => {
    const date = new Date(millis);
    let text = '';
    for (const part of parts) text += part(date);
    return text + end;
  };
}

/** Most lines are of the second of the line before. */
function isoTime(): WriteTime {
  let second = Number.NaN;
  let start = '';
  return (millis) => {
    const whole = Math.floor(millis / 1000);
    if (whole !== second) {
      second = whole;
      start = new Date(whole * 1000).toISOString().slice(0, -4);
    }
    return `${start}${String(Math.floor(millis - whole * 1000)).padStart(3, '0')}Z`;
  };
}

function fieldOf(letter: string): ((date: Date) => string) | undefined {
  return letter === 'f' ? fractionOf(9, false) : letters.get(letter);
}

function fractionOf(digits: number, withSeconds: boolean): ((date: Date) => string) | undefined {
  if (digits === 0) return undefined;
  const fraction = (date: Date): string =>
    String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(9, '0').slice(0, digits);
  return withSeconds ? (date) => `${twoDigits(date.getUTCSeconds())}.${fraction(date)}` : fraction;
}

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first) / 86_400_000) + 1;
}
