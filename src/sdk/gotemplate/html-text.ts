import type { Complain } from './segments.js';

const comment = /<!--[\s\S]*?-->/g;
const rawElement = /<(script|style|textarea|title)\b(?:[^>"']|"[^"]*"|'[^']*')*>[\s\S]*?<\/\1\s*>/gi;
const tag = /<(?:\/?[a-z]|!doctype)(?:[^>"']|"[^"]*"|'[^']*')*>/gi;
const opening = /<(?:\/?[a-z]|!--|!doctype)/i;

/**
 * Literal text of an html/template: comments go, and a `<` that begins no tag is escaped. A tag must end in the text
 * it begins in, so that values are in text always, where one way of escaping is enough; anything else is a finding.
 */
export function htmlLiteral(text: string, at: number, complain: Complain): string {
  if (!text.includes('<')) return text;
  const kept: string[] = [];
  const keep = (part: string): string => `\0${kept.push(part) - 1}\0`;
  const rest = text
    .replaceAll('\0', '\ufffd')
    .replaceAll(comment, '')
    .replaceAll(rawElement, keep)
    .replaceAll(tag, (part) => (/^<(?:script|style|textarea|title)\b/i.test(part) ? part : keep(part)));
  const open = opening.exec(rest);
  if (open !== null)
    complain(at + Math.max(text.indexOf(open[0]), 0), 'values inside of tags, scripts and comments are not supported');
  return rest.replaceAll('<', '&lt;').replaceAll(/\0(\d+)\0/g, (_whole, index: string) => kept[Number(index)]!);
}
