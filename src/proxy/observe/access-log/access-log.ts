import type { AccessLog } from '../../../gen/fairlead/proxy/v1/listener.js';
import type { HttpFilter } from '../../filters/filter.js';
import type { TcpLog } from '../../tcp/types.js';
import { compileJson, compileText, type Format } from './compile-format.js';
import { defaultJsonFormat, defaultTextFormat } from './default-formats.js';
import { httpOperators } from './http-operators.js';
import type { OperatorTable } from './operator.js';
import type { LogOutput } from './log-output.js';
import { tcpOperators } from './tcp-operators.js';

/** Lends the output at a path; the same one each time. */
export type OpenLog = (path: string) => Pick<LogOutput, 'write'>;

/**
 * The filter that writes a line for each request, when all is over.
 *
 * @throws Error for a format that makes no sense.
 */
export function createAccessLogFilter(config: AccessLog, openLog: OpenLog): HttpFilter {
  const format = compileConfig(config, httpOperators);
  const output = openLog(config.path);
  return { name: 'access_log', onEnd: (exchange) => output.write(format(exchange)) };
}

/**
 * Writes a line for each connection.
 *
 * @throws Error for a format that makes no sense.
 */
export function createTcpAccessLog(config: AccessLog, openLog: OpenLog): TcpLog {
  const format = compileConfig(config, tcpOperators);
  const output = openLog(config.path);
  return (connection) => output.write(format(connection));
}

function compileConfig<T>({ json, format }: AccessLog, operators: OperatorTable<T>): Format<T> {
  if (!json) return compileText(format === '' ? defaultTextFormat : format, operators);
  return compileJson(format === '' ? defaultJsonFormat : parseFields(format), operators);
}

/** Istio's form of a JSON format: an object of formats by name. */
function parseFields(format: string): [name: string, format: string][] {
  let fields: unknown;
  try {
    fields = JSON.parse(format);
  } catch (cause) {
    throw new Error(`access log format: ${(cause as Error).message}`, { cause });
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('access log format: wants an object of formats by name');
  }
  return Object.entries(fields).map(([name, value]) => {
    if (typeof value !== 'string') throw new Error(`access log format: '${name}' is no string`);
    return [name, value];
  });
}
