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
export type ServerLogs = (scope: string) => Log;

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
  return (scope) => toLog(root.child({ scope }, { level: levelOf(scope) }));
}

function toLog(logger: Logger): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (fields === undefined) logger[level](message);
      else logger[level](fields, message);
    };
  return {
    debugEnabled: logger.isLevelEnabled('debug'),
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
