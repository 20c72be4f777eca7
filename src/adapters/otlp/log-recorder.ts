import { type BuildInput, type Instance, Timestamp, type Value } from 'fairlead/sdk';
import { type GoTemplate, parseTemplate } from 'fairlead/sdk/gotemplate';
import { cutText, parseSpanId, parseTraceId } from 'fairlead/sdk/tracing';
import type { logentry, metric, tracespan } from 'fairlead/templates';

import type { Attributes } from './attributes.js';
import type { LogConfig, OtlpConfig } from './config.js';
import { type LogRecord, writeLogRecord } from './log-message.js';
import type { Pipeline } from './pipeline.js';
import { severityNumber } from './severity.js';

type Input = BuildInput<OtlpConfig, typeof metric | typeof logentry | typeof tracespan>;

interface Format {
  readonly config: Pick<LogConfig, 'severityLevels' | 'traceId' | 'spanId'>;
  readonly body: GoTemplate | undefined;
}

const defaultFormat: Format = {
  config: { severityLevels: new Map(), traceId: 'traceId', spanId: 'spanId' },
  body: undefined,
};
const maxBodyLength = 65_536;

/** Turns log entries into records and hands them to a pipeline. */
export class LogRecorder {
  readonly #formats = new Map<string, Format>();
  readonly #env: Input['env'];
  readonly #pipeline: Pipeline;

  constructor({ config, env }: Input, pipeline: Pipeline) {
    this.#env = env;
    this.#pipeline = pipeline;
    for (const [name, log] of config.logs) this.#formats.set(name, { config: log, body: compileBody(log.body) });
  }

  /** Takes one entry; the answer says what was wrong with it. A body that cannot be made does not keep it back. */
  record(entry: Instance<typeof logentry>): string | undefined {
    const { config, body } = this.#formats.get(entry.name) ?? defaultFormat;
    const { variables } = entry;
    const rendered = body === undefined ? undefined : renderBody(body, variables);
    const severityText = entry.severity ?? '';
    const traceId = parseTraceId(textOf(variables[config.traceId]));
    const record: LogRecord = {
      eventName: entry.name,
      time: entry.timestamp,
      observed: Timestamp.fromMillis(this.#env.clock.now()),
      severityNumber: severityNumber(severityText, config.severityLevels),
      severityText,
      body: rendered?.text,
      attributes: attributesOf(variables),
      traceId,
      // Of no use without the trace.
      spanId: traceId === undefined ? undefined : parseSpanId(textOf(variables[config.spanId])),
    };
    this.#pipeline.offer(writeLogRecord, record);
    return rendered?.problem === undefined ? undefined : `body of ${entry.name}: ${rendered.problem}`;
  }
}

/** Only for templates that have been found sound. */
function compileBody(text: string): GoTemplate | undefined {
  return text === '' ? undefined : parseTemplate(text, { maxOutput: maxBodyLength }).template;
}

function renderBody(body: GoTemplate, variables: Variables): { readonly text?: string; readonly problem?: string } {
  try {
    return { text: cutText(body.render(variables)) };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}

type Variables = Readonly<Record<string, Value | undefined>>;

function attributesOf(variables: Variables): Attributes {
  const attributes: (readonly [string, Value])[] = [];
  for (const name of Object.keys(variables)) {
    const value = variables[name];
    if (value !== undefined) attributes.push([name, value]);
  }
  return attributes;
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
