import type { BuildInput, Handler } from 'fairlead/sdk';
import { type Lookup, openSender, parseAddress } from 'fairlead/sdk/statsd';
import type { metric } from 'fairlead/templates';
import type { StatsdConfig } from './config.js';
import { createRecord, type LineFormat, type RecordMetric } from './recorder.js';

type Input = BuildInput<StatsdConfig, typeof metric>;

/** Chance and the name service, which tests replace. */
export interface Outside {
  readonly random?: () => number;
  readonly lookup?: Lookup;
}

const defaultFlushMillis = 300;
const defaultFlushBytes = 512;
const maxReportedProblems = 10;

/** Makes lines of metrics, and packets of lines. */
export async function createHandler(
  input: Input,
  { random = Math.random, lookup }: Outside = {},
): Promise<Handler<typeof metric>> {
  const { config, env } = input;
  if (config.flushBytes <= 0) env.log.info('flushBytes is not set', { used: defaultFlushBytes });
  const packetBytes = config.flushBytes > 0 ? config.flushBytes : defaultFlushBytes;
  const flushMillis = config.flushDuration.toMillis() || defaultFlushMillis;
  const sender = await openSender({ address: parseAddress(config.address)!, packetBytes, lookup }, env);
  let isWaiting = false;
  const flush = (): void => {
    isWaiting = false;
    sender.flush();
  };
  const send = (line: string): void => {
    sender.send(line);
    if (isWaiting) return;
    isWaiting = true;
    env.schedule.after(flushMillis, flush);
  };
  const { prefix, samplingRate } = config;
  const dotted = prefix === '' || prefix.endsWith('.') ? prefix : `${prefix}.`;
  const records = createRecords(input, { prefix: dotted, samplingRate, random, send });
  return {
    handleMetric(instances) {
      const problems: string[] = [];
      for (const instance of instances) {
        const record = records.get(instance.name);
        const problem = record === undefined ? `no info for metric named ${instance.name}` : record(instance);
        if (problem !== undefined) problems.push(problem);
      }
      if (problems.length > 0) throw new Error(join(problems));
    },
    close: () => sender.close(),
  };
}

function createRecords({ config, types }: Input, format: LineFormat): ReadonlyMap<string, RecordMetric> {
  const records = new Map<string, RecordMetric>();
  for (const [name, metric] of config.metrics) {
    const type = types.metric.get(name);
    const record = type && createRecord(metric, type.dimensions, format);
    if (record !== undefined) records.set(name, record);
  }
  return records;
}

function join(problems: readonly string[]): string {
  const shown = problems.slice(0, maxReportedProblems).join('; ');
  const rest = problems.length - maxReportedProblems;
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
