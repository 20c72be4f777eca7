import type { Value } from '../../attributes/index.js';
import { stringify } from '../stringify.js';
import type { SpanAttribute, SpanInput } from './types.js';

/** The longest text in a span, in UTF-16 code units. */
export const maxTextLength = 32_768;

const statusAttribute = 'http.status_code';

/** Cuts a text that is too long, never within a character. Tags come from requests: one header must not fill a queue. */
export function cutText(text: string, length = maxTextLength): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/** The text of a tag's value, cut. */
export function attributeText(value: Value): string {
  return cutText(typeof value === 'string' ? value : stringify(value));
}

/** The tags of a span, and its HTTP status when there is one, which a tag of that name does not replace. */
export function spanAttributes({ spanTags, httpStatusCode }: SpanInput): readonly SpanAttribute[] {
  const hasStatus = httpStatusCode !== undefined && httpStatusCode > 0n;
  const attributes: SpanAttribute[] = [];
  for (const name of Object.keys(spanTags)) {
    const value = spanTags[name];
    if (value === undefined || (hasStatus && name === statusAttribute)) continue;
    attributes.push([name, typeof value === 'string' ? cutText(value) : value]);
  }
  if (hasStatus) attributes.push([statusAttribute, httpStatusCode]);
  return attributes;
}
