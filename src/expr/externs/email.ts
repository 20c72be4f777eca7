import emailAddresses from 'email-addresses';
import { EvalError } from '../../attributes/index.js';
import { equalDnsNames, parseDnsName } from './dns-name.js';

interface Address {
  readonly local: string;
  readonly domain: string;
}

const maxLength = 320;
const fold = /\r\n(?=[ \t])/g;
// eslint-disable-next-line no-control-regex -- what may stand in no address
const control = /[\0-\x08\n-\x1f\x7f]/;
const quoted = /"(?:[^"\\]|\\[^])*"/y;

/**
 * Validates an RFC 5322 address: exactly one, without display name or group, its domain a DNS name (mixer-core.md 3.2).
 * The value is the text as it was.
 */
export function parseEmail(text: string): string | EvalError {
  const address = parseAddress(text);
  if (address === undefined || parseDnsName(address.domain) instanceof EvalError) return invalidEmail(text);
  return text;
}

/** Compares domains as DNS names and local parts exactly; quotes that a local part does not need do not count. */
export function equalEmails(a: string, b: string): boolean | EvalError {
  const left = parseAddress(a);
  if (left === undefined) return invalidEmail(a);
  const right = parseAddress(b);
  if (right === undefined) return invalidEmail(b);
  const domains = equalDnsNames(left.domain, right.domain);
  if (domains instanceof EvalError) return invalidEmail(domains.subject === left.domain ? a : b);
  return domains && left.local === right.local;
}

// The parser's time grows with the square of its input, so that is bounded: 64 characters, an @, and 255 more. Comments
// and spaces cost it tens of milliseconds even so, and it does not get to see them.
function parseAddress(text: string): Address | undefined {
  const bare = text.length > maxLength ? undefined : withoutComments(text.replace(fold, ''));
  if (bare === undefined) return undefined;
  const parsed = emailAddresses({ input: bare, rfc6532: true, startAt: 'address' });
  const [address, ...more] = parsed?.addresses ?? [];
  if (address?.type !== 'mailbox' || more.length > 0 || address.name !== null) return undefined;
  const { local, domain } = address;
  return domain.startsWith('[') ? undefined : { local, domain };
}

/** The text without comments and spaces, in one pass; undefined where they part a word, or something does not end. */
function withoutComments(text: string): string | undefined {
  if (control.test(text)) return undefined;
  let bare = '';
  let isApart = false;
  for (let at = 0; at < text.length;) {
    const letter = text.charAt(at);
    const end = letter === '"' ? endOfQuoted(text, at) : letter === '(' ? endOfComment(text, at) : at + 1;
    if (end === undefined) return undefined;
    if (' \t('.includes(letter)) isApart = true;
    else {
      // Quotes begin a local part.
      if ((letter === '"' || (isApart && !isBorder(letter))) && !isBorder(bare.at(-1))) return undefined;
      isApart = false;
      bare += text.slice(at, end);
    }
    at = end;
  }
  return bare;
}

function endOfQuoted(text: string, start: number): number | undefined {
  quoted.lastIndex = start;
  return quoted.test(text) ? quoted.lastIndex : undefined;
}

function endOfComment(text: string, start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '\\') at += 1;
    else if (letter === '(') depth += 1;
    else if (letter === ')' && --depth === 0) return at + 1;
  }
  return undefined;
}

/** Whether comments and spaces may stand beside it: the start of the text, an @, an angle. */
function isBorder(letter: string | undefined): boolean {
  return letter === undefined || '@<>'.includes(letter);
}

function invalidEmail(text: string): EvalError {
  return new EvalError('INVALID_EMAIL', `'${text}' is no e-mail address`, text);
}
