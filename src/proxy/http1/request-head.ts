import { Fields, readFields } from './fields.js';
import { type Framing, requestFraming, unclear } from './framing.js';
import { isHost, isTarget, isToken } from './octets.js';

/** The head of a request as it came. */
export interface ParsedRequest {
  readonly method: string;
  readonly target: string;
  readonly isHttp11: boolean;
  readonly fields: Fields;
  readonly framing: Framing;
  /** The protocol that the caller wants to go on with, in lower case; `connect` after that method. */
  readonly upgrade: string | undefined;
}

/** The status line of the answer to a head that is refused. */
export type Refusal = string;

const bad = '400 Bad Request';
const line = /^(\S+) (\S+) HTTP\/(\d\.\d)$/;
// Before HTTP/1.0 there was only this line.
const oldLine = /^GET \S+$/;

/**
 * Reads the head of a request, strictly: nothing that others might read otherwise gets through (RFC 9112, 11.2). One
 * length or chunks, one host, no folded lines, no blanks before colons.
 */
export function parseRequest(head: string, maxHeaders: number): ParsedRequest | Refusal {
  const end = head.indexOf('\r\n');
  const first = readLine(head.slice(0, end));
  if (typeof first === 'string') return first;
  const fields = new Fields();
  if (!readFields(head, end + 2, fields)) return bad;
  if (fields.count > maxHeaders) return '431 Request Header Fields Too Large';
  const framing = requestFraming(fields, first.isHttp11);
  if (framing === unclear || !isHostClear(fields, first)) return bad;
  if (fields.expect !== undefined && fields.expect !== '100-continue') return '417 Expectation Failed';
  const asked = upgradeOf(first.method, fields);
  // Who offers HTTP/2 is answered in HTTP/1: passed on, it would go around all that is checked here. There are clients
  // that do so with every request, those with a body among them, and go on as they are answered.
  const upgrade = asked === 'h2c' ? undefined : asked;
  // What followed would be of the other protocol for some.
  if (upgrade !== undefined && framing !== 0) return bad;
  const { method, target, isHttp11 } = first;
  return { method, target, isHttp11, fields, framing, upgrade };
}

function isHostClear({ hosts, host }: Fields, { isHttp11 }: RequestLine): boolean {
  return (hosts === 1 || (hosts === 0 && !isHttp11)) && isHost(host);
}

interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly isHttp11: boolean;
}

function readLine(text: string): RequestLine | Refusal {
  const blank = text.indexOf(' ');
  const next = text.indexOf(' ', blank + 1);
  const method = text.slice(0, blank);
  const target = text.slice(blank + 1, next);
  const version = text.slice(next + 1);
  const isHttp11 = version === 'HTTP/1.1';
  if (!isHttp11 && version !== 'HTTP/1.0') return refusalOf(text);
  // A fragment is for those who show pages; with it servers do not agree on the path.
  return isToken(method) && isTarget(target) && !target.includes('#') ? { method, target, isHttp11 } : bad;
}

function refusalOf(text: string): Refusal {
  const version = line.exec(text)?.[3];
  return version === '2.0' || version === '0.9' || oldLine.test(text) ? '426 Upgrade Required' : bad;
}

function upgradeOf(method: string, fields: Fields): string | undefined {
  if (method === 'CONNECT') return 'connect';
  return fields.upgrade !== undefined && fields.hasOption('upgrade') ? fields.upgrade : undefined;
}
