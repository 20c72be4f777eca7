import type { BuildInput, Handler } from 'fairlead/sdk';
import { type Lookup, openSender, parseAddress, type Sender } from 'fairlead/sdk/statsd';
import type { metric } from 'fairlead/templates';
import type { DogstatsdConfig } from './config.js';
import { createFormat, type FormatLine } from './line-format.js';
import { validateTypes } from './validate-types.js';

type Input = BuildInput<DogstatsdConfig, typeof metric>;

/** Chance and the name service, which tests replace. */
export interface Outside {
  readonly random?: () => number;
  readonly lookup?: Lookup;
}

const flushMillis = 100;
/** What fits into one frame of a network. */
const packetBytes = 1_432;
const maxReportedProblems = 10;

/** Makes lines of metrics, and packets of lines. */
export async function createHandler(
  input: Input,
  { random = Math.random, lookup }: Outside = {},
): Promise<Handler<typeof metric>> {
  const { config, env } = input;
  refuseMisfits(input);
  const formats = createFormats(input);
  const isBuffered = config.bufferLength > 0;
  const address = parseAddress(config.address)!;
  const sender = await openSender({ address, packetBytes: isBuffered ? packetBytes : 0, lookup }, env);
  const send = isBuffered ? createBuffer(sender, config.bufferLength, env) : (line: string) => sender.send(line);
  const dropped = env.metrics.counter('dropped_lines_total', 'Values that were not sent, by reason.');
  const { sampleRate } = config;
  return {
    handleMetric(instances) {
      const problems: string[] = [];
      for (const instance of instances) {
        const format = formats.get(instance.name);
        if (format === undefined) {
          problems.push(`there is no entry for ${instance.name}`);
          continue;
        }
        if (sampleRate < 1 && random() >= sampleRate) continue;
        const line = format(instance);
        if (typeof line === 'string') send(line);
        else if (line.problem === 'too_long') dropped.add(1, { reason: line.problem });
        else problems.push(`could not record '${instance.name}': the value is not of the type it was announced with`);
      }
      if (problems.length > 0) throw new Error(join(problems));
    },
    close: () => sender.close(),
  };
}

/** Lines that leave together: so many, or those of a tenth of a second. */
function createBuffer(sender: Sender, length: number, env: Input['env']): (line: string) => void {
  let waiting = 0;
  let isScheduled = false;
  const flush = (): void => {
    waiting = 0;
    sender.flush();
  };
  return (line) => {
    sender.send(line);
    waiting += 1;
    if (waiting >= length) flush();
    if (isScheduled || waiting === 0) return;
    isScheduled = true;
    env.schedule.after(flushMillis, () => {
      isScheduled = false;
      flush();
    });
  };
}

/** Throws where an instance could never be recorded. What else there is to say about types the host has said. */
function refuseMisfits({ config, types }: Input): void {
  const problems: string[] = [];
  validateTypes(config, types, (path, message, severity = 'error') => {
    if (severity === 'error') problems.push(`${path}: ${message}`);
  });
  if (problems.length > 0) throw new Error(problems.join('; '));
}

function createFormats({ config, types }: Input): ReadonlyMap<string, FormatLine> {
  const formats = new Map<string, FormatLine>();
  for (const [name, metric] of config.metrics) {
    const dimensions = types.metric.get(name)?.dimensions;
    if (dimensions !== undefined) formats.set(name, createFormat(name, metric, { dimensions, config }));
  }
  return formats;
}

function join(problems: readonly string[]): string {
  const shown = problems.slice(0, maxReportedProblems).join('; ');
  const rest = problems.length - maxReportedProblems;
  return rest > 0 ? `${shown}; and ${rest} more` : shown;
}
