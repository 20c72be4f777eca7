import { applyHeaderChanges, type HeaderChange, type HeaderTarget } from '../../client/index.js';
import type { Headers } from '../http/headers.js';
import type { RequestHead } from '../http/message.js';

/** Values may come from the request: a space would let them go on with a request line of their own. */
const solid = /^[^ \t]+$/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Makes a Mixer's changes to a request; `:path`, `:method` and `:authority` are changed where the proxy keeps them. */
export function changeRequest(changes: readonly HeaderChange[], request: RequestHead): void {
  const plain = targetOf(request.headers);
  applyHeaderChanges(changes, {
    ...plain,
    set: (header, value) => {
      if (header === ':path') {
        if (solid.test(value) && value.startsWith('/')) request.path = value;
      } else if (header === ':method') {
        if (token.test(value)) request.method = value;
      } else if (header === ':authority' || header.toLowerCase() === 'host') {
        if (solid.test(value)) request.authority = value;
      } else plain.set(header, value);
    },
  });
}

/** Makes a Mixer's changes to a response. */
export function changeResponse(changes: readonly HeaderChange[], headers: Headers): void {
  applyHeaderChanges(changes, targetOf(headers));
}

function targetOf(headers: Headers): Required<HeaderTarget> {
  const change = (header: string, work: (name: string) => void): void => {
    if (!header.startsWith(':')) work(header.toLowerCase());
  };
  return {
    set: (header, value) => change(header, (name) => headers.set(name, value)),
    append: (header, value) => change(header, (name) => headers.add(name, value)),
    delete: (header) => change(header, (name) => headers.remove(name)),
  };
}
