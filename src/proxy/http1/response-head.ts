import { Fields, readFields } from './fields.js';
import { type Framing, responseFraming, unclear } from './framing.js';

/** The head of an answer as it came. */
export interface ParsedResponse {
  readonly status: number;
  readonly fields: Fields;
  readonly framing: Framing;
  /** Whether the connection may take another request afterwards. */
  readonly keepsAlive: boolean;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\0\r\n]*)?$/;

/** Reads the head of an answer to that method, as strictly as requests are read; undefined for what is none. */
export function parseResponse(head: string, method: string): ParsedResponse | undefined {
  const end = head.indexOf('\r\n');
  const line = statusLine.exec(head.slice(0, end));
  if (line === null) return undefined;
  const fields = new Fields();
  if (!readFields(head, end + 2, fields)) return undefined;
  const status = Number(line[2]);
  const framing = responseFraming(fields, method, status);
  if (framing === unclear) return undefined;
  const keepsAlive = line[1] === '1' ? !fields.hasOption('close') : fields.hasOption('keep-alive');
  fields.dropListed();
  return { status, fields, framing, keepsAlive };
}
