import { type BuildInput, formatTimestamp, type Handler, type Instance, Timestamp } from 'fairlead/sdk';
import type { logentry, metric } from 'fairlead/templates';

import type { Level, StdioConfig } from './config.js';
import { LineBuffer } from './line-buffer.js';
import { LineFormat } from './line-format.js';
import { LineQueue } from './line-queue.js';
import type { LogFile } from './log-file.js';

type Input = BuildInput<StdioConfig, typeof logentry | typeof metric>;
type StdioHandler = Handler<typeof logentry | typeof metric>;

interface Output {
  /** Empty between calls. */
  readonly buffer: LineBuffer;
  readonly queue: LineQueue;
}

const rank: Readonly<Record<Level, number>> = { INFO: 0, WARNING: 1, ERROR: 2 };
// Go's zero time, which Mixer prints when an entry has none.
const zeroTime = '0001-01-01T00:00:00.000000Z';
const maxReportedErrors = 10;

/** Formats the entries of a call into one text and hands it to the file's queue. */
export function createHandler({ config, types, env }: Input, file: LogFile): StdioHandler {
  const output: Output = { buffer: new LineBuffer(), queue: new LineQueue(file, env) };
  const levelOf = (severity: string | undefined): Level => config.severityLevels.get(severity ?? '') ?? 'INFO';
  const isShown = (level: Level): boolean => rank[level] >= rank[config.outputLevel];
  const logs = createFormats(types.logentry, config, (type) => ({ fields: type.variables }));
  const metrics = createFormats(types.metric, config, (type) => ({ fields: type.dimensions, value: type.value }));

  return {
    handleLogEntry: (instances) => {
      writeAll(output, instances, (entry: Instance<typeof logentry>) => {
        const level = levelOf(entry.severity);
        if (!isShown(level)) return '';
        const time = entry.timestamp === undefined ? zeroTime : formatTimestamp(entry.timestamp);
        return logs(entry.name).format({ level, time }, entry.variables);
      });
    },
    handleMetric: (instances) => {
      if (!isShown(config.metricLevel)) return;
      const head = { level: config.metricLevel, time: formatTimestamp(Timestamp.fromMillis(env.clock.now())) };
      writeAll(output, instances, (entry: Instance<typeof metric>) =>
        metrics(entry.name).format(head, entry.dimensions, entry.value),
      );
    },
    close: () => output.queue.close(),
  };
}

/** Formats by instance name. One that the host did not announce has no known fields. */
function createFormats<T>(
  types: ReadonlyMap<string, T>,
  config: StdioConfig,
  shapeOf: (type: T) => Pick<ConstructorParameters<typeof LineFormat>[0], 'fields' | 'value'>,
): (instance: string) => LineFormat {
  const options = { json: config.outputAsJson };
  const formats = new Map<string, LineFormat>();
  for (const [name, type] of types) formats.set(name, new LineFormat({ name, ...shapeOf(type) }, options));
  return (name) => formats.get(name) ?? new LineFormat({ name, fields: {} }, options);
}

function writeAll<T extends { readonly name: string }>(
  output: Output,
  instances: readonly T[],
  format: (instance: T) => string,
): void {
  const { buffer, queue } = output;
  const problems: string[] = [];
  for (const instance of instances) {
    try {
      const line = format(instance);
      if (line !== '') buffer.append(line);
    } catch (cause) {
      // One value without a text, for example a time beyond the calendar: the other entries are still written.
      problems.push(`could not format ${instance.name}: ${String(cause)}`);
    }
  }
  const { lines } = buffer;
  const lost = lines === 0 ? undefined : queue.push(buffer.take(), lines);
  if (lost !== undefined) problems.push(lost);
  if (problems.length > 0) throw new Error(problems.slice(0, maxReportedErrors).join('; '));
}
