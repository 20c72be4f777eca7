/** A piece of a template: literal text, or what is between the delimiters. */
export interface Segment {
  readonly kind: 'text' | 'action';
  readonly text: string;
  readonly offset: number;
}

/** Adds a finding at an offset of the template's text. */
export type Complain = (offset: number, message: string) => void;

const spaces = ' \t\r\n';
const leadingSpace = /^[ \t\r\n]+/;
const trailingSpace = /(?<![ \t\r\n])[ \t\r\n]+$/;
// What an action is made of as far as finding its end goes; a quote that does not end is left over.
const piece = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|\}\}|[^"'`}]+|\}/y;

/** Splits a template into text and actions; comments and the space that trim markers take away are gone. */
export function splitTemplate(text: string, complain: Complain): Segment[] {
  const segments: Segment[] = [];
  let trimNext = false;
  let at = 0;
  const addText = (end: number, trimEnd: boolean): void => {
    let part = text.slice(at, end);
    if (trimNext) part = part.replace(leadingSpace, '');
    if (trimEnd) part = part.replace(trailingSpace, '');
    if (part !== '') segments.push({ kind: 'text', text: part, offset: at });
  };
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    if (open < 0) break;
    const trim = text[open + 2] === '-' && isSpace(text[open + 3]);
    addText(open, trim);
    const start = open + (trim ? 4 : 2);
    const isComment = text.startsWith('/*', start);
    const end = isComment ? endOfComment(text, start, complain) : endOfAction(text, start, complain);
    if (end === undefined) return segments;
    trimNext = text[end - 1] === '-' && isSpace(text[end - 2]) && end - 2 >= start - 1;
    if (!isComment) segments.push({ kind: 'action', text: text.slice(start, trimNext ? end - 1 : end), offset: start });
    at = end + 2;
  }
  addText(text.length, false);
  return segments;
}

/** Where the delimiter that closes a comment begins. */
function endOfComment(text: string, start: number, complain: Complain): number | undefined {
  const close = text.indexOf('*/', start + 2);
  if (close < 0) {
    complain(start, 'the comment is not closed');
    return undefined;
  }
  const after = close + 2;
  if (text.startsWith('}}', after)) return after;
  if (isSpace(text[after]) && text.startsWith('-}}', after + 1)) return after + 2;
  complain(start, 'a comment must fill its action');
  return resume(text, after);
}

function endOfAction(text: string, start: number, complain: Complain): number | undefined {
  piece.lastIndex = start;
  for (let at = start; ; at = piece.lastIndex) {
    const found = piece.exec(text)?.[0];
    if (found === '}}') return at;
    if (found !== undefined) continue;
    if (at >= text.length) {
      complain(start, 'the action is not closed');
      return undefined;
    }
    complain(at, 'a quoted text does not end');
    return resume(text, at);
  }
}

/** After a mistake inside an action, the next delimiter is taken for its end. */
function resume(text: string, at: number): number | undefined {
  const end = text.indexOf('}}', at);
  return end < 0 ? undefined : end;
}

function isSpace(char: string | undefined): boolean {
  return char !== undefined && spaces.includes(char);
}
