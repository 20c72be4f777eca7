import type { Writable } from 'node:stream';

import { type Logger, pino } from 'pino';

import type { Log } from '../sdk/index.js';
import type { Level } from './log-levels.js';

/** How the server's own log is written. Access logs are the stdio adapter's, not this one's. */
export interface ServerLogOptions {
  readonly stream: Writable;
  /** One JSON object a line (`--log_as_json`) instead of text. */
  readonly json: boolean;
  readonly levelOf: (scope: string) => Level;
}

/** Gives the log of a scope: `default`, `api`, `adapters`. */
export interface ServerLogs {
  (scope: string): Log;
  /** The level of each scope that has a log. */
  levels(): Iterable<readonly [scope: string, level: Level]>;
  /** From now on; of one scope, or of all that have a log. False when the scope has none. */
  setLevel(scope: string | undefined, level: Level): boolean;
}

/** Makes the server's logs with pino. */
export function createServerLogs({ stream, json, levelOf }: ServerLogOptions): ServerLogs {
  const root = pino(
    {
      base: null,
      level: 'debug',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
    },
    json ? stream : { write: (line) => void stream.write(toText(line)) },
  );
  const loggers = new Map<string, Logger>();
  const logOf = (scope: string): Log => {
    let logger = loggers.get(scope);
    if (logger === undefined) loggers.set(scope, (logger = root.child({ scope }, { level: levelOf(scope) })));
    return toLog(logger);
  };
  return Object.assign(logOf, {
    levels: () => Array.from(loggers, ([scope, { level }]) => [scope, level as Level] as const),
    setLevel: (scope: string | undefined, level: Level) => {
      const found = scope === undefined ? [...loggers.values()] : [loggers.get(scope)];
      for (const logger of found) if (logger !== undefined) logger.level = level;
      return !found.includes(undefined);
    },
  });
}

function toLog(logger: Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (fields === undefined) logger[level](message);
      else logger[level](fields, message);
    };
  return {
    get debugEnabled() {
      return logger.isLevelEnabled('debug');
    },
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

// `time level scope message key=value`, with tabs as Mixer's own log has them, so that existing filters keep working.
function toText(line: string): string {
  const { time, level, scope, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const fields = Object.entries(rest).map(([key, value]) => `\t${key}=${plain(value)}`);
  const where = scope === 'default' ? '' : `\t${String(scope)}`;
  return `${String(time)}\t${String(level)}${where}\t${String(msg)}${fields.join('')}\n`;
}

function plain(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value);
}
