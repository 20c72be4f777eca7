import type { LogLevel, LogLevels } from '../../proxy/index.js';
import type { Level } from '../log-levels.js';
import type { ServerLogs } from '../server-log.js';

const toOurs: Readonly<Record<LogLevel, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  off: 'silent',
};
const toEnvoys: Readonly<Record<Level, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'critical',
  silent: 'off',
};

/** The levels of the command's logs by Envoy's names, for `/logging` of the admin port. `trace` is `debug` here. */
export function logLevelsOf(logs: ServerLogs): LogLevels {
  return {
    list: () => Array.from(logs.levels(), ([scope, level]) => [scope, toEnvoys[level]] as const),
    set: (scope, level) => logs.setLevel(scope, toOurs[level]),
  };
}
