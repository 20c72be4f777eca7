import emailAddresses from 'email-addresses';
import { EvalError } from '../../attributes/index.js';
import { equalDnsNames, parseDnsName } from './dns-name.js';

interface Address {
  readonly local: string;
  readonly domain: string;
}

const maxLength = 320;

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

// The parser's time grows with the square of its input, so that is bounded: 64 characters, an @, and 255 more.
function parseAddress(text: string): Address | undefined {
  if (text.length > maxLength) return undefined;
  const parsed = emailAddresses({ input: text, rfc6532: true, startAt: 'address' });
  const [address, ...more] = parsed?.addresses ?? [];
  if (address?.type !== 'mailbox' || more.length > 0 || address.name !== null) return undefined;
  const { local, domain } = address;
  return domain.startsWith('[') ? undefined : { local, domain };
}

function invalidEmail(text: string): EvalError {
  return new EvalError('INVALID_EMAIL', `'${text}' is no e-mail address`, text);
}
