import type { AccessLog } from '../../../gen/envoy/config/accesslog/v3/accesslog.js';
import type { SubstitutionFormatString } from '../../../gen/envoy/config/core/v3/substitution_format_string.js';
import { FileAccessLog } from '../../../gen/envoy/extensions/access_loggers/file/v3/file.js';
import { StderrAccessLog, StdoutAccessLog } from '../../../gen/envoy/extensions/access_loggers/stream/v3/stream.js';
import { defaultJsonFormat, defaultTextFormat, findFormatMistake } from './access-log-format.js';
import { type BuildContext, leaveOut } from './context.js';

const typePrefix = 'type.googleapis.com/envoy.extensions.access_loggers.';

/** The log of requests or connections that the mesh wants: a file of the proxy's machine, or none (mesh.md 3.3). */
export function buildAccessLogs(context: BuildContext): AccessLog[] {
  const { accessLogFile: path } = context.view.mesh;
  if (path === '') return [];
  const logFormat = formatOf(context);
  // As a file it cannot be opened where it is a socket, and Envoy would refuse every listener.
  if (path === '/dev/stdout') {
    return [log('stdout', 'stream.v3.StdoutAccessLog', StdoutAccessLog.encode({ logFormat }).finish())];
  }
  if (path === '/dev/stderr') {
    return [log('stderr', 'stream.v3.StderrAccessLog', StderrAccessLog.encode({ logFormat }).finish())];
  }
  return [log('file', 'file.v3.FileAccessLog', FileAccessLog.encode({ path, logFormat }).finish())];
}

function log(name: string, type: string, value: Uint8Array): AccessLog {
  const typedConfig = { typeUrl: `${typePrefix}${type}`, value: Buffer.from(value) };
  return { name: `envoy.access_loggers.${name}`, typedConfig };
}

/** The mesh's own format, or Istio's where that is none that Envoy would take. */
function formatOf(context: BuildContext): SubstitutionFormatString {
  const { accessLogFormat: said = '', accessLogEncoding } = context.view.mesh;
  if (accessLogEncoding === 'JSON') return { jsonFormat: jsonFormat(said, context) };
  const mistake = findFormatMistake(said);
  if (mistake !== undefined) leaveOut(context, `accessLogFormat has what Envoy does not know: ${mistake}`);
  const text = said === '' || mistake !== undefined ? defaultTextFormat : said;
  return { textFormatSource: { inlineString: text.endsWith('\n') ? text : `${text}\n` } };
}

function jsonFormat(said: string, context: BuildContext): Readonly<Record<string, string>> {
  if (said === '') return defaultJsonFormat;
  const fields = parseFields(said);
  if (fields === undefined) {
    leaveOut(context, 'accessLogFormat is no object of texts, as accessLogEncoding JSON wants it');
    return defaultJsonFormat;
  }
  const mistake = Object.values(fields)
    .map(findFormatMistake)
    .find((one) => one !== undefined);
  if (mistake === undefined) return fields;
  leaveOut(context, `accessLogFormat has what Envoy does not know: ${mistake}`);
  return defaultJsonFormat;
}

function parseFields(text: string): Readonly<Record<string, string>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value as Record<string, unknown>);
    const isSound = entries.length > 0 && entries.every(([, field]) => typeof field === 'string');
    return isSound ? (value as Record<string, string>) : undefined;
  } catch {
    // What is no JSON is no object either; the caller tells.
    return undefined;
  }
}
