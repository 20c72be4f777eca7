import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bag, type Value, type Vocabulary } from '../../attributes/index.js';
import { layOver, type LoadResult, parseResources } from '../../config/index.js';
import { createHost, type Host, Runtime } from '../../runtime/index.js';
import type { Adapter, Log, Template } from '../../sdk/index.js';
import { formatDiagnostic } from '../../util/diagnostics.js';
import { MixerError } from '../../util/errors.js';
import { FakeClock } from '../fake-clock.js';
import { passTime } from '../suite/pass-time.js';
import { settles } from '../suite/settles.js';
import { describeCheck, type Plain } from './answer.js';
import { parseAttribute } from './attribute-value.js';
import { type AttributeTexts, type Call, parseCalls } from './calls.js';

/** A whole Mixer's work in one go: its configuration, what it is asked, and what it is made of. */
export interface Scenario {
  /** YAML resources. `${DIR}` stands for a folder that is empty at first and gone afterwards. */
  readonly config: string;
  /** YAML resources that hold where `config` has none of the same kind, name and namespace. */
  readonly defaults?: string | undefined;
  /** YAML, see {@link parseCalls}. */
  readonly calls: string;
  readonly adapters: readonly Adapter[];
  readonly templates: readonly Template[];
}

/** What came of a scenario, as plain data. */
export interface ScenarioResult {
  /** What was found in the configuration. */
  readonly diagnostics: readonly string[];
  /** One for each check and report, in order. */
  readonly answers: readonly Plain[];
  /** Lines of the metrics that handlers expose, after the last call. */
  readonly metrics: readonly string[];
  /** Lines of the files in `${DIR}` after closing, by file name. */
  readonly files: Readonly<Record<string, readonly string[]>>;
}

const noLog: Log = {
  debugEnabled: false,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * Runs a scenario in this process over the real engine, from attributes to answers, with a clock that moves only by
 * `advance`. The time is 2026-01-01T00:00:00Z at first.
 */
export async function runScenario(scenario: Scenario): Promise<ScenarioResult> {
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-'));
  try {
    const { host, clock } = createFakeHost();
    const runtime = new Runtime({
      adapters: scenario.adapters,
      templates: scenario.templates,
      host,
      random: () => 0.5,
    });
    const read = (text: string, file: string): LoadResult =>
      parseResources(text.replaceAll('${DIR}', directory), { file, defaultNamespace: 'default' });
    const parsed = layOver(read(scenario.defaults ?? '', 'defaults.yaml'), read(scenario.config, 'config.yaml'));
    const snapshot = await settles(runtime.load(parsed.resources, parsed.diagnostics), 'loading');
    const answers: Plain[] = [];
    for (const [index, call] of parseCalls(scenario.calls).entries()) {
      const answer = await settles(runCall(runtime, clock, { call, index }), `call ${index + 1}`);
      if (answer !== undefined) answers.push(answer);
    }
    const metrics = linesOf(await host.sources.exposition());
    const closed = new AbortController();
    const passing = passTime(clock, closed.signal);
    await settles(runtime.close(), 'closing').finally(() => closed.abort());
    await passing;
    const diagnostics = snapshot.diagnostics.map(formatDiagnostic);
    return { diagnostics, answers, metrics, files: await readFiles(directory) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

function createFakeHost(): { readonly host: Host; readonly clock: FakeClock } {
  const clock = new FakeClock();
  const start = clock.now();
  const timers = clock.createScheduler();
  return { clock, host: createHost({ log: noLog, clock, timers, monotonic: () => clock.now() - start }) };
}

async function runCall(
  runtime: Runtime,
  clock: FakeClock,
  { call, index }: { readonly call: Call; readonly index: number },
): Promise<Plain | undefined> {
  if (call.kind === 'advance') {
    await clock.advance(call.millis);
    return undefined;
  }
  const lease = runtime.acquire();
  try {
    if (call.kind === 'check') {
      const { quotas, deduplicationId = `call-${index + 1}` } = call;
      return describeCheck(
        await lease.check(createBag(lease.vocabulary, call.attributes), { quotas, deduplicationId }),
      );
    }
    const reporter = lease.reporter();
    for (const attributes of call.sets) await reporter.add(createBag(lease.vocabulary, attributes));
    await reporter.flush();
    return 'reported';
  } catch (cause) {
    if (!(cause instanceof MixerError)) throw cause;
    return { error: `${cause.code} ${cause.rawMessage}` };
  } finally {
    lease.release();
  }
}

function createBag(vocabulary: Vocabulary, attributes: AttributeTexts): Bag {
  const values: (readonly [string, Value])[] = [];
  for (const [name, text] of attributes) {
    const slot = vocabulary.slotOf(name);
    if (slot === undefined) throw new Error(`the configuration has no attribute "${name}"`);
    const type = vocabulary.typeOf(slot);
    const value = parseAttribute(type, text);
    if (value === undefined) throw new Error(`the value of "${name}" is no ${type}`);
    values.push([name, value]);
  }
  return Bag.fromValues(vocabulary, values);
}

async function readFiles(directory: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = (await readdir(directory)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return Object.fromEntries(names.map((name, index) => [name, linesOf(texts[index] ?? '')]));
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
