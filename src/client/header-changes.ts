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

/**
 * Makes the changes, in their order. What cannot be sent as a header is passed over: values may come from a request, and
 * must not end a line. Characters beyond a byte go as UTF-8.
 */
export function applyHeaderChanges(changes: readonly HeaderChange[], target: HeaderTarget): void {
  for (const { name, value, operation } of changes) {
    if (!nameForm.test(name) || unsendable.test(value)) continue;
    const bytes = wide.test(value) ? Buffer.from(value).toString('latin1') : value;
    if (operation === 'REMOVE') target.delete(name);
    else if (operation === 'APPEND') target.append(name, bytes);
    else target.set(name, bytes);
  }
}
