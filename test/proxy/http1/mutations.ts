import fc from 'fast-check';

/** What hostile writers put into messages. */
const bits = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '0',
    '1',
    'a',
    '\x7f',
    '\x80',
    '\xff',
    '#',
    '*',
    '@',
  ],
  ...['Content-Length: 3\r\n', 'Content-Length: 0\r\n', 'Transfer-Encoding: chunked\r\n', 'Connection: close\r\n'],
  ...['Transfer-Encoding: gzip\r\n', 'Host: b\r\n', 'X: y\r\n', ' folded\r\n', 'chunked', '3\r\nabc\r\n', '0\r\n\r\n'],
  ...[
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1.0',
    'HTTP/1.1',
    'HTTP/1.1 200 OK\r\n\r\n',
    'Expect: 100-continue\r\n',
  ],
];

interface Change {
  readonly kind: 'insert' | 'delete' | 'replace' | 'repeat';
  readonly at: number;
  readonly size: number;
  readonly bit: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'delete', 'replace', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  size: fc.integer({ min: 1, max: 12 }),
  bit: fc.oneof(
    fc.constantFrom(...bits),
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  ),
});

function apply(text: string, { kind, at, size, bit }: Change): string {
  const from = Math.floor(at * (text.length + 1));
  const [before, part, after] = [text.slice(0, from), text.slice(from, from + size), text.slice(from + size)];
  if (kind === 'insert') return before + bit + part + after;
  if (kind === 'delete') return before + after;
  return kind === 'replace' ? before + bit + text.slice(from + bit.length) : before + part + part + after;
}

/** Messages that are nearly good, an octet a character. */
export function mutated(messages: readonly string[]): fc.Arbitrary<string> {
  return fc
    .record({ base: fc.constantFrom(...messages), changes: fc.array(change, { maxLength: 3 }) })
    .map(({ base, changes }) => changes.reduce(apply, base));
}

/** Places at which a text is cut, as shares of its length. */
export const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

export function cutAt(text: string, shares: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const ends = shares.map((share) => Math.round(share * bytes.length)).toSorted((a, b) => a - b);
  const pieces = [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  return pieces.filter(({ length }) => length > 0);
}
