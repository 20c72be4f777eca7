import fc from 'fast-check';
import { Duration, Timestamp, type Value, type ValueType, Vocabulary } from '../../src/attributes/index.js';

/** Two attributes of every type that expressions can have. */
export const manifest: readonly (readonly [name: string, type: ValueType])[] = (
  [
    ['s', 'STRING'],
    ['i', 'INT64'],
    ['x', 'DOUBLE'],
    ['b', 'BOOL'],
    ['t', 'TIMESTAMP'],
    ['p', 'IP_ADDRESS'],
    ['e', 'EMAIL_ADDRESS'],
    ['u', 'URI'],
    ['n', 'DNS_NAME'],
    ['d', 'DURATION'],
    ['m', 'STRING_MAP'],
  ] as const
).flatMap(([letter, type]) => [
  [`${letter}1`, type],
  [`${letter}2.long.name`, type],
]);

export function newVocabulary(): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const [name, type] of manifest) vocabulary.define(name, type);
  return vocabulary;
}

type Typed = Exclude<ValueType, 'VALUE_TYPE_UNSPECIFIED'>;
type Sources = Record<Typed, string>;

const letters: Readonly<Record<Typed, string>> = {
  STRING: 's',
  INT64: 'i',
  DOUBLE: 'x',
  BOOL: 'b',
  TIMESTAMP: 't',
  IP_ADDRESS: 'p',
  EMAIL_ADDRESS: 'e',
  URI: 'u',
  DNS_NAME: 'n',
  DURATION: 'd',
  STRING_MAP: 'm',
};
const literals: Readonly<Partial<Record<Typed, readonly string[]>>> = {
  STRING: [
    '""',
    '"a"',
    '"ab*"',
    '"*b"',
    '"^a"',
    '"b$"',
    '".*"',
    '"[a"',
    '"k"',
    '"é😀"',
    '"1.2.3.4"',
    '"a@b"',
    '"\\uff5e"',
  ],
  INT64: ['0', '1', '9223372036854775807'],
  DOUBLE: ['0.0', '1.5', '1e300'],
  BOOL: ['true', 'false'],
  DURATION: ['"5s"', '"0"'],
  TIMESTAMP: ['timestamp("2020-01-01T00:00:00Z")', 'timestamp("no")'],
  IP_ADDRESS: ['ip("1.2.3.4")', 'ip("no")'],
  EMAIL_ADDRESS: ['email("a@b")'],
  URI: ['uri("http://a/")'],
  DNS_NAME: ['dnsName("A.b")', 'dnsName("-")'],
  STRING_MAP: ['emptyStringMap()'],
};
const conversions: Readonly<Partial<Record<Typed, string>>> = {
  TIMESTAMP: 'timestamp',
  IP_ADDRESS: 'ip',
  EMAIL_ADDRESS: 'email',
  URI: 'uri',
  DNS_NAME: 'dnsName',
};
const equatable: readonly Typed[] = [
  'STRING',
  'INT64',
  'DOUBLE',
  'BOOL',
  'TIMESTAMP',
  'IP_ADDRESS',
  'EMAIL_ADDRESS',
  'URI',
  'DNS_NAME',
];
const comparable: readonly Typed[] = ['STRING', 'INT64', 'DOUBLE', 'TIMESTAMP'];
const addable: readonly Typed[] = ['STRING', 'INT64', 'DOUBLE'];

function join(parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> {
  return fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));
}

const { letrec } = fc;
const sources = letrec<Sources>((tie) => {
  const make = (type: Typed): fc.Arbitrary<string> => {
    const attribute = fc.constantFrom(`${letters[type]}1`, `${letters[type]}2.long.name`);
    const self = tie(type);
    const choices = [
      attribute,
      attribute,
      fc.constantFrom(...(literals[type] ?? [])),
      join(['(', self, ' | ', self, ')']),
      join(['(', attribute, ' | ', attribute, ' | ', self, ')']),
      join(['conditional(', tie('BOOL'), ', ', self, ', ', self, ')']),
    ];
    const conversion = conversions[type];
    if (conversion !== undefined) choices.push(join([conversion, '(', tie('STRING'), ')']));
    if (addable.includes(type)) choices.push(join(['(', self, ' + ', self, ')']));
    if (type === 'STRING') choices.push(...strings());
    if (type === 'INT64') choices.push(join(['size(', tie('STRING'), ')']));
    if (type === 'BOOL') choices.push(...booleans());
    return fc.oneof({ maxDepth: 6, depthSize: 'medium', depthIdentifier: 'expression' }, ...choices);
  };
  const strings = (): fc.Arbitrary<string>[] => [
    join([fc.constantFrom('m1', 'm2.long.name'), '[', fc.constantFrom('"k"', '"__proto__"', '"a"'), ']']),
    join(['(', tie('STRING_MAP'), ')[', tie('STRING'), ']']),
    join(['toLower(', tie('STRING'), ')']),
    join(['conditionalString(', tie('BOOL'), ', ', tie('STRING'), ', ', tie('STRING'), ')']),
  ];
  const booleans = (): fc.Arbitrary<string>[] => [
    join(['(', tie('BOOL'), fc.constantFrom(' && ', ' || '), tie('BOOL'), ')']),
    join(['match(', tie('STRING'), ', ', tie('STRING'), ')']),
    join(['(', tie('STRING'), ')', fc.constantFrom('.matches(', '.startsWith(', '.endsWith('), tie('STRING'), ')']),
    ...equatable.map((type) => join(['(', tie(type), fc.constantFrom(' == ', ' != '), tie(type), ')'])),
    ...comparable.map((type) => join(['(', tie(type), fc.constantFrom(' < ', ' <= ', ' > ', ' >= '), tie(type), ')'])),
  ];
  return Object.fromEntries((Object.keys(letters) as Typed[]).map((type) => [type, make(type)])) as {
    [K in keyof Sources]: fc.Arbitrary<string>;
  };
});

/** The source of an expression that passes the checker. */
export const anyExpression: fc.Arbitrary<string> = fc.oneof(...Object.values(sources));

const texts = [
  '',
  'a',
  'ab',
  'b',
  'k',
  'é😀',
  '\uff5e',
  '1.2.3.4',
  '::1',
  'a@b',
  'A@B',
  'http://a',
  'HTTP://A:',
  'x y',
  '-',
  '__proto__',
  '[',
  '2020-01-01T00:00:00Z',
];
const values: Readonly<Record<Typed, fc.Arbitrary<Value>>> = {
  STRING: fc.constantFrom(...texts),
  EMAIL_ADDRESS: fc.constantFrom(...texts),
  URI: fc.constantFrom(...texts),
  DNS_NAME: fc.constantFrom(...texts),
  INT64: fc.constantFrom(0n, 1n, 2n, -(2n ** 63n), 2n ** 63n - 1n),
  DOUBLE: fc.constantFrom(0, -0, 1.5, NaN, Infinity),
  BOOL: fc.boolean(),
  TIMESTAMP: fc.constantFrom(new Timestamp(0, 0), new Timestamp(0, 1), new Timestamp(1_577_836_800, 0)),
  DURATION: fc.constantFrom(new Duration(0, 0), new Duration(5, 0)),
  IP_ADDRESS: fc.constantFrom(Uint8Array.of(1, 2, 3, 4), new Uint8Array(16), new Uint8Array(3)),
  STRING_MAP: fc.constantFrom(
    new Map(),
    new Map([['k', 'v']]),
    new Map([
      ['', ''],
      ['__proto__', 'p'],
      ['a', 'ab'],
    ]),
  ),
};
const anyValue = fc.oneof(...Object.values(values));

/** The attributes of a request: most of the right type, some absent, a few of a wrong one. */
export const anyAttributes: fc.Arbitrary<readonly (readonly [string, Value])[]> = fc
  .tuple(
    ...manifest.map(([name, type]) =>
      fc.oneof(
        { weight: 12, arbitrary: values[type as Typed].map((value) => [name, value] as const) },
        { weight: 7, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: anyValue.map((value) => [name, value] as const) },
      ),
    ),
  )
  .map((all) => all.filter((entry) => entry !== undefined));
