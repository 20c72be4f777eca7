import type { Fields } from './fields.js';

/** How long a body is: bytes, or one of those below. */
export type Framing = number;
export const chunked: Framing = -1;
export const untilClose: Framing = -2;
/** Nobody can say, or not all would say the same. */
export const unclear: Framing = -3;

// More digits than any body has, and few enough for a number.
const plainLength = /^\d{1,15}$/;

/** Of a request: without a length and without chunks there is no body (RFC 9112, 6.3). */
export function requestFraming(fields: Fields, isHttp11: boolean): Framing {
  const { encodings, lengths } = fields;
  if (encodings === 0) return lengths === 0 ? 0 : lengthOf(fields);
  return isHttp11 && encodings === 1 && lengths === 0 && fields.encoding === 'chunked' ? chunked : unclear;
}

/** Of an answer: without either it goes on until the connection closes. */
export function responseFraming(fields: Fields, method: string, status: number): Framing {
  const { encodings, lengths } = fields;
  if (encodings > 0 && (encodings > 1 || lengths > 0 || fields.encoding !== 'chunked')) return unclear;
  const length = lengths === 0 ? untilClose : lengthOf(fields);
  if (length === unclear) return unclear;
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  return encodings > 0 ? chunked : length;
}

function lengthOf({ lengths, length }: Fields): Framing {
  return lengths === 1 && plainLength.test(length) ? Number(length) : unclear;
}
