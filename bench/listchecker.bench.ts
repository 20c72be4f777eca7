import { BlockList } from 'node:net';
import { RE2JS } from 're2js';
import { IpList } from '../src/adapters/listchecker/ip-list.js';
import { createList, type List } from '../src/adapters/listchecker/list.js';
import { atOnce } from '../src/adapters/listchecker/steps.js';
import { type BenchResult, median } from './result.js';

const million = 1_000_000;
const blockListSize = 1000;
const patternCount = 1000;
const rounds = 7;
const goalNanos = 1000;
const goalRatio = 20;

/** Lists of a million entries beside the plain things that Node has, and a thousand expressions beside one. */
export function run(): readonly BenchResult[] {
  return [texts(), addresses(4), addresses(6), fewAddresses(), ...patterns()];
}

function texts(): BenchResult {
  const entries = Array.from({ length: million }, (_, index) => fromWire(`user-${index}@example.com`));
  const { list, note } = build(() => mustList(createList('STRINGS', entries)), 'texts');
  const plain = new Set(entries);
  // Half of them in the list, and none of them the list's own copy, as from the wire.
  const values = Array.from({ length: 4096 }, (_, index) =>
    fromWire(`user-${(index * 487) % (2 * million)}@example.com`),
  );
  const [ours, other] = medians([overValues(values, (v) => list.has(v)), overValues(values, (v) => plain.has(v))]);
  return row(note, `Set ${format(other!)}`, { ours: ours!, other: other! });
}

function addresses(family: 4 | 6): BenchResult {
  const random = generator();
  const address = family === 4 ? () => ipv4(random) : () => ipv6(random);
  const length = family === 4 ? () => 16 + (random() % 17) : () => 32 + (random() % 97);
  const entries = Array.from({ length: million }, () => fromWire(`${address()}/${length()}`));
  const { list, note } = build(() => mustList(createList('IP_ADDRESSES', entries)), `IPv${family} ranges`);
  const values = Array.from({ length: 4096 }, () => fromWire(address()));
  const plain = new Set(entries);
  const [ours, other] = medians([overValues(values, (v) => list.has(v)), overValues(values, (v) => plain.has(v))]);
  return row(note, `Set of the texts, no ranges: ${format(other!)}`, { ours: ours!, other: other! });
}

/** `net.BlockList` walks over all its entries, so it is asked about few. */
function fewAddresses(): BenchResult {
  const random = generator();
  const plain = new BlockList();
  const ranges: string[] = [];
  for (let index = 0; index < blockListSize; index += 1) {
    const [address, length] = [ipv4(random), 20 + (random() % 13)];
    plain.addSubnet(address, length);
    ranges.push(`${address}/${length}`);
  }
  const list = atOnce(IpList.of(ranges));
  if (typeof list === 'string') throw new Error(list);
  const values = Array.from({ length: 256 }, () => fromWire(ipv4(random)));
  if (values.some((value) => list.has(value) !== plain.check(value))) throw new Error('the lists disagree');
  const [ours, other] = medians([overValues(values, (v) => list.has(v)), overValues(values, (v) => plain.check(v))]);
  return row(`listchecker: ${blockListSize} IPv4 ranges; net.BlockList`, format(other!), {
    ours: ours!,
    other: other!,
  });
}

/** Expressions as people write them (paths, hosts, agents), and such as have no fixed text in them. */
function patterns(): BenchResult[] {
  const random = generator();
  const word = (): string => Array.from({ length: 5 + (random() % 6) }, () => letter(random)).join('');
  const oneOf = (): string => `[${letter(random)}${letter(random)}${letter(random)}]`;
  const kinds: readonly (readonly [string, () => string])[] = [
    ['paths', () => `^/api/v[12]/${word()}/[0-9]+$`],
    ['hosts', () => `^(${word()}|${word()})\\.[a-z]+\\.example\\.com(:\\d+)?$`],
    ['agents', () => `(?i)${word()}[/ ]\\d+\\.(\\d+|x)`],
    ['tied to the start, no text', () => `^${oneOf()}+${oneOf()}\\d{1,3}$`],
  ];
  const values = Array.from({ length: 256 }, (_, index) =>
    fromWire(index % 2 === 0 ? `/api/v1/${word()}/${index}` : `${word()}.${word()}.example.com`),
  );
  return kinds.map(([name, make]) => {
    const sources = Array.from({ length: patternCount }, make);
    const list = mustList(createList('REGEX', sources));
    const singles = sources.slice(0, 64).map((source) => RE2JS.compile(source));
    const naive = sources.map((source) => RE2JS.compile(source));
    for (const value of values.slice(0, 16)) {
      if (list.has(value) !== naive.some((one) => one.test(value))) throw new Error('the expressions disagree');
    }
    let at = 0;
    const [ours, one] = medians([
      overValues(values, (v) => list.has(v)),
      overValues(values, (v) => singles[at++ & 63]!.test(v)),
    ]);
    const ratio = ours! / one!;
    return {
      name: `listchecker: ${patternCount} expressions, ${name}; one of them`,
      ours: format(ours!),
      opponent: format(one!),
      ratio,
      goal: `<= ${goalRatio} x`,
      met: ratio <= goalRatio,
    };
  });
}

function build(make: () => List, what: string): { readonly list: List; readonly note: string } {
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
  collect();
  const before = memory();
  const start = performance.now();
  const list = make();
  const millis = performance.now() - start;
  collect();
  const mebibytes = (memory() - before) / 2 ** 20;
  return { list, note: `listchecker: 1 M ${what} (built in ${millis.toFixed(0)} ms, ${mebibytes.toFixed(0)} MiB)` };
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function row(name: string, opponent: string, { ours, other }: { ours: number; other: number }): BenchResult {
  return {
    name,
    ours: format(ours),
    opponent,
    ratio: ours / other,
    goal: `<= ${goalNanos} ns`,
    met: ours <= goalNanos,
  };
}

function mustList(steps: ReturnType<typeof createList>): List {
  const list = atOnce(steps);
  if ('problem' in list) throw new Error(list.problem);
  return list;
}

type Burst = () => number;

/** Nanoseconds of CPU time of one lookup, over all values until enough time has passed to measure it. */
function overValues(values: readonly string[], look: (value: string) => unknown): Burst {
  return () => {
    const start = process.cpuUsage();
    const end = performance.now() + 40;
    let count = 0;
    let found = 0;
    do {
      for (const value of values) if (look(value) === true) found += 1;
      count += values.length;
    } while (performance.now() < end);
    // Keeps the work from being optimised away.
    if (found < 0) throw new Error('impossible');
    const { user, system } = process.cpuUsage(start);
    return ((user + system) * 1000) / count;
  };
}

function medians(bursts: readonly Burst[]): readonly number[] {
  const samples: number[][] = bursts.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, burst] of bursts.entries()) {
      const nanos = burst();
      // The first round is for the compiler.
      if (round > 0) samples[index]!.push(nanos);
    }
  }
  return samples.map(median);
}

function format(nanos: number): string {
  return `${nanos.toFixed(0)} ns`;
}

/** The same numbers each time. */
function generator(): () => number {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** A text in one piece, as a decoder makes it; one that was joined of pieces is slow to read letter by letter. */
function fromWire(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function letter(random: () => number): string {
  return String.fromCharCode(97 + (random() % 26));
}

function ipv4(random: () => number): string {
  const bits = random();
  return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
}

function ipv6(random: () => number): string {
  const groups = Array.from({ length: 7 }, () => (random() & 0xffff).toString(16));
  return `2001:${groups.join(':')}`;
}
