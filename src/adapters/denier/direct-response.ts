import type { DirectHttpResponse, ReportProblem } from 'fairlead/sdk';
import { parseHttpStatus } from './http-status.js';

const typeName = 'istio.policy.v1beta1.DirectHttpResponse';

/**
 * Reads `status.details`: google.protobuf.Any values, of which only DirectHttpResponse means something here. The first
 * one counts. Whatever cannot be read is reported under its path and left out.
 */
export function readDirectResponse(details: readonly unknown[], report: ReportProblem): DirectHttpResponse | undefined {
  const responses = details.map((detail, index) => readDetail(detail, `status.details[${index}]`, report));
  return responses.find((response) => response !== undefined);
}

function readDetail(detail: unknown, path: string, report: ReportProblem): DirectHttpResponse | undefined {
  if (!(detail instanceof Map)) {
    report(path, 'must be an object with an "@type"');
    return undefined;
  }
  const fields = detail as ReadonlyMap<unknown, unknown>;
  const type = fields.get('@type');
  if (typeof type !== 'string' || type.slice(type.lastIndexOf('/') + 1) !== typeName) {
    report(`${path}.@type`, `must be "type.googleapis.com/${typeName}"`);
    return undefined;
  }
  const response = { code: 0, body: '', headers: new Map<string, string>() };
  for (const [key, value] of fields) {
    const problem = key === '@type' ? undefined : readField(response, key, value);
    if (problem !== undefined) report(`${path}.${String(key)}`, problem);
  }
  return response;
}

/** Fills in one field; answers what is wrong with it. */
function readField(
  response: { code: number; body: string; headers: Map<string, string> },
  key: unknown,
  value: unknown,
): string | undefined {
  switch (key) {
    case 'code': {
      const code = parseHttpStatus(value);
      if (code === undefined) return 'must be an HTTP status, by number or by name as in "NotFound"';
      response.code = code;
      return undefined;
    }
    case 'body':
      if (typeof value !== 'string') return 'must be a string';
      response.body = value;
      return undefined;
    case 'headers':
      return readHeaders(response.headers, value);
    default:
      return 'is not a field of DirectHttpResponse';
  }
}

function readHeaders(headers: Map<string, string>, value: unknown): string | undefined {
  if (!(value instanceof Map)) return 'must map header names to strings';
  for (const [name, text] of value as ReadonlyMap<unknown, unknown>) {
    if (typeof name !== 'string' || typeof text !== 'string') {
      return `must map header names to strings: quote the value of '${String(name)}'`;
    }
    headers.set(name, text);
  }
  return undefined;
}
