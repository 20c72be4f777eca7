import { found, more, type Verdict } from './verdict.js';

export type HttpVersion = 'http1' | 'http2';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** HTTP/2 when it begins as that has to, without TLS by prior knowledge. No method of HTTP/1 is `PRI`. */
export function detectHttp(bytes: Buffer): Verdict<HttpVersion> {
  const known = Math.min(bytes.length, preface.length);
  if (bytes.compare(preface, 0, known, 0, known) !== 0) return found('http1');
  return known === preface.length ? found('http2') : more(known + 1);
}
