import { Environment } from '@marcbachmann/cel-js';
import { type AttributeReader, Bag, type EvalError, type Value, Vocabulary } from '../src/attributes/index.js';
import {
  checkExpression,
  type CheckedExpression,
  CompileError,
  compileExpression,
  compileRecord,
  type FunctionTable,
  type RecordShape,
} from '../src/expr/index.js';
import { type BenchResult, median } from './result.js';

const rule =
  'destination.labels["app"] == "ratings" && inRange(source.ip) && request.path.startsWith("/api") && ' +
  '(request.headers["x-user"] | "unknown") != "bot"';
const celRule =
  'destination_labels["app"] == "ratings" && inRange(source_ip) && request_path.startsWith("/api") && ' +
  '("x-user" in request_headers ? request_headers["x-user"] : "unknown") != "bot"';
const labelCount = 20;
const goalNanos = 80;

type Entries = readonly (readonly [string, Value])[];

/** Eight requests, of which the rule accepts three. */
const requests: readonly Entries[] = [
  request('ratings', [10, 0, 0, 7], '/api/v1', { 'x-user': 'ann', accept: '*/*' }),
  request('ratings', [10, 0, 0, 7], '/api/v1', { 'x-user': 'bot', accept: '*/*' }),
  request('ratings', [10, 1, 2, 3], '/api', { accept: '*/*' }),
  request('ratings', [11, 0, 0, 7], '/api/v1', { 'x-user': 'ann' }),
  request('ratings', [10, 0, 0, 7], '/health', { 'x-user': 'ann' }),
  request('reviews', [10, 0, 0, 7], '/api/v1', { 'x-user': 'ann' }),
  request('ratings', [10, 9, 9, 9], '/api/v2/x', { 'x-user': 'eve', accept: '*/*', via: 'proxy' }),
  request('details', [12, 0, 0, 1], '/', {}),
];

function request(app: string, ip: readonly number[], path: string, headers: Readonly<Record<string, string>>): Entries {
  return [
    [
      'destination.labels',
      new Map([
        ['app', app],
        ['version', 'v1'],
      ]),
    ],
    ['source.ip', Uint8Array.from(ip)],
    ['request.path', path],
    ['request.headers', new Map(Object.entries(headers))],
  ];
}

const inRange = (address: Uint8Array): boolean => address[0] === 10;

const functions: FunctionTable = new Map([
  ['inRange', { name: 'inRange', parameters: ['IP_ADDRESS'], result: 'BOOL', call: inRange }],
]);

/** Runs all comparisons of this folder. */
export function run(): readonly BenchResult[] {
  return [...ruleRows(), recordRow()];
}

function ruleRows(): BenchResult[] {
  const vocabulary = new Vocabulary();
  vocabulary.define('destination.labels', 'STRING_MAP');
  vocabulary.define('source.ip', 'IP_ADDRESS');
  vocabulary.define('request.path', 'STRING');
  vocabulary.define('request.headers', 'STRING_MAP');
  const checked = mustCheck(rule, vocabulary);
  const bags = requests.map((entries) => Bag.fromValues(vocabulary, entries));
  const compiled = overBags(compileExpression(checked, 'compiled'), bags);
  const interpreted = overBags(compileExpression(checked, 'interpreted'), bags);
  const cel = celEvaluator();
  const answers = [compiled, interpreted, cel].map((candidate) => requests.map(candidate).join(''));
  if (new Set(answers).size > 1) throw new Error(`the evaluators disagree: ${answers.join(', ')}`);
  const [ours, slow, other] = medians([compiled, interpreted, cel]) as [number, number, number];
  return [
    row('expression: rule of four terms; interpreted', [ours, slow], goalNanos),
    row('expression: rule of four terms; @marcbachmann/cel-js', [ours, other], goalNanos),
  ];
}

function celEvaluator(): () => number {
  const environment = new Environment()
    .registerVariable('destination_labels', 'map')
    .registerVariable('source_ip', 'dyn')
    .registerVariable('request_path', 'string')
    .registerVariable('request_headers', 'map')
    .registerFunction('inRange(dyn): bool', inRange);
  const evaluate = environment.parse(celRule);
  const contexts = requests.map((entries) =>
    Object.fromEntries(
      entries.map(([name, value]) => [
        name.replace('.', '_'),
        value instanceof Map ? (Object.fromEntries(value) as object) : value,
      ]),
    ),
  );
  let at = 0;
  return () => (evaluate(contexts[at++ & 7]) === true ? 1 : 0);
}

function recordRow(): BenchResult {
  const vocabulary = new Vocabulary();
  const entries: [string, Value][] = [];
  const fields = Array.from({ length: labelCount }, (_, index) => {
    const name = `source.label${index}`;
    vocabulary.define(name, 'STRING');
    if (index % 4 !== 3) entries.push([name, `value ${index}`]);
    return { name: `label_${index}`, path: `Dimensions[label_${index}]`, source: `${name} | "unknown"` };
  });
  const shape: RecordShape = {
    kind: 'record',
    fields: [
      { name: 'name', path: '', value: { kind: 'constant', value: 'requestcount.metric.istio-system' } },
      { name: 'value', path: 'Value', value: mustCheck('1', vocabulary) },
      {
        name: 'dimensions',
        path: '',
        value: {
          kind: 'record',
          fields: fields.map(({ name, path, source }) => ({ name, path, value: mustCheck(source, vocabulary) })),
        },
      },
    ],
  };
  const bag = Bag.fromValues(vocabulary, entries);
  const [ours, slow] = medians(
    (['compiled', 'interpreted'] as const).map((engine) => {
      const build = compileRecord(shape, engine);
      return () => ('dimensions' in build(bag) ? 1 : 0);
    }),
  ) as [number, number];
  return row(`expression: instance of ${labelCount} labels; interpreted`, [ours, slow]);
}

function overBags(evaluate: (bag: AttributeReader) => Value | EvalError, bags: readonly Bag[]): () => number {
  let at = 0;
  return () => (evaluate(bags[at++ & 7]!) === true ? 1 : 0);
}

function mustCheck(source: string, vocabulary: Vocabulary): CheckedExpression {
  const checked = checkExpression(source, vocabulary, { functions });
  if (checked instanceof CompileError) throw new Error(`${source}: ${checked.message}`);
  return checked;
}

function row(name: string, [ours, opponent]: readonly [number, number], goal?: number): BenchResult {
  return {
    name,
    ours: `${ours.toFixed(1)} ns`,
    opponent: `${opponent.toFixed(1)} ns`,
    ratio: ours / opponent,
    goal: goal === undefined ? '' : `<= ${goal} ns`,
    met: goal === undefined || ours <= goal,
  };
}

/** Times the candidates in turns, so that a noisy neighbour hits all of them, and returns each one's median. */
function medians(candidates: readonly (() => number)[]): number[] {
  const rounds = 31;
  const batches = candidates.map(batchSize);
  const samples = candidates.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    candidates.forEach((candidate, index) => samples[index]!.push(time(candidate, batches[index]!)));
  }
  return samples.map(median);
}

// Warms up, and finds how many calls take about 20 ms.
function batchSize(candidate: () => number): number {
  let size = 1_024;
  while (time(candidate, size) * size < 2e7) size *= 2;
  return size;
}

let sink = 0;

function time(candidate: () => number, count: number): number {
  const start = process.cpuUsage();
  const begin = process.hrtime.bigint();
  for (let i = 0; i < count; i++) sink += candidate();
  const wall = Number(process.hrtime.bigint() - begin);
  const { user, system } = process.cpuUsage(start);
  if (sink < 0) throw new Error('unreachable');
  return Math.min(wall, (user + system) * 1_000) / count;
}
