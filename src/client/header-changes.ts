import type { HeaderChange } from './transport.js';

/** Headers that can be changed: a fetch `Headers` is one. Names may be pseudo headers, where a request's are changed. */
export interface HeaderTarget {
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  delete(name: string): void;
}

const nameForm = /^:?[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const unsendable = /[\x00-\x08\x0a-\x1f\x7f]/;
const wide = /[\u0100-\uffff]/;
/** What frames a message or belongs to one connection is left to those who send it. */
const framing: ReadonlySet<string> = new Set([
  ...[
    'connection',
    'content-length',
    'keep-alive',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
]);

/**
 * Makes the changes, in their order. What cannot be sent as a header is passed over: values may come from a request, and
 * must not end a line. So is what says how long a message is, for its body stays as it is. Characters beyond a byte go as
 * UTF-8.
 */
export function applyHeaderChanges(changes: readonly HeaderChange[], target: HeaderTarget): void {
  for (const { name, value, operation } of changes) {
    if (!nameForm.test(name) || unsendable.test(value) || framing.has(name.toLowerCase())) continue;
    const bytes = wide.test(value) ? Buffer.from(value).toString('latin1') : value;
    if (operation === 'REMOVE') target.delete(name);
    else if (operation === 'APPEND') target.append(name, bytes);
    else target.set(name, bytes);
  }
}
