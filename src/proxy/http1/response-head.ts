import { Fields, readFields } from './fields.js';
import { type Framing, responseFraming, unclear } from './framing.js';
import { endOfValue } from './octets.js';

/** The head of an answer as it came. */
export interface ParsedResponse {
  readonly status: number;
  readonly fields: Fields;
  readonly framing: Framing;
  /** Whether the connection may take another request afterwards. */
  readonly keepsAlive: boolean;
}

const [versionLength, statusEnd] = ['HTTP/1.1 '.length, 'HTTP/1.1 200'.length];
const threeDigits = /^[1-9]\d\d$/;

/** Reads the head of an answer to that method, as strictly as requests are read; undefined for what is none. */
export function parseResponse(head: string, method: string): ParsedResponse | undefined {
  const end = head.indexOf('\r\n');
  const isHttp11 = head.startsWith('HTTP/1.1 ');
  if ((!isHttp11 && !head.startsWith('HTTP/1.0 ')) || !isReason(head, end)) return undefined;
  const digits = head.slice(versionLength, statusEnd);
  if (!threeDigits.test(digits)) return undefined;
  const fields = new Fields();
  if (!readFields(head, end + 2, fields)) return undefined;
  const status = Number(digits);
  // There were none before HTTP/1.1.
  if (status < 200 && !isHttp11) return undefined;
  const framing = responseFraming(fields, method, status);
  if (framing === unclear) return undefined;
  // Who does not know chunks, and sends some, is not trusted further (RFC 9112, 6.1).
  const keepsAlive = isHttp11 ? !fields.hasOption('close') : fields.hasOption('keep-alive') && fields.encodings === 0;
  fields.dropListed();
  return { status, fields, framing, keepsAlive };
}

/** What comes after the status is for people, and may be missing. */
function isReason(head: string, end: number): boolean {
  return end === statusEnd || (head[statusEnd] === ' ' && endOfValue(head, statusEnd) === end);
}
