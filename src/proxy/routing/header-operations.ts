import type { HeaderOperations } from '../../gen/fairlead/proxy/v1/match.js';
import type { RequestHead, ResponseHead } from '../http/message.js';
import type { Headers } from '../http/headers.js';

/** Changes headers: sets, adds, then removes (mesh.md 2.1.11). Undefined when there is nothing to do. */
type HeaderChange = (headers: Headers) => void;

function compileHeaderOperations(operations: HeaderOperations | undefined): HeaderChange | undefined {
  if (operations === undefined) return undefined;
  const named = ({ name, value }: { name: string; value: string }) => ({ name: name.toLowerCase(), value });
  const set = operations.set.map(named);
  const add = operations.add.map(named);
  const remove = operations.remove.map((name) => name.toLowerCase());
  if (set.length + add.length + remove.length === 0) return undefined;
  return (headers) => {
    for (const { name, value } of set) headers.set(name, value);
    for (const { name, value } of add) headers.add(name, value);
    for (const name of remove) headers.remove(name);
  };
}

/** The same for the head of a request, whose authority, method and path may be set by their names as well. */
export function compileRequestOperations(
  operations: HeaderOperations | undefined,
): ((request: RequestHead) => void) | undefined {
  if (operations === undefined) return undefined;
  const isHead = ({ name }: { name: string }): boolean => headFields.has(name.toLowerCase());
  const heads = operations.set.filter(isHead).map(({ name, value }) => ({ name: name.toLowerCase(), value }));
  const change = compileHeaderOperations({
    set: operations.set.filter((header) => !isHead(header)),
    add: operations.add.filter((header) => !isHead(header)),
    remove: operations.remove.filter((name) => !isHead({ name })),
  });
  if (heads.length === 0) return change && ((request) => change(request.headers));
  return (request) => {
    for (const { name, value } of heads) request[headFields.get(name)!] = value;
    change?.(request.headers);
  };
}

export function compileResponseOperations(
  operations: HeaderOperations | undefined,
): ((response: ResponseHead) => void) | undefined {
  const change = compileHeaderOperations(operations);
  return change && ((response) => change(response.headers));
}

const headFields: ReadonlyMap<string, 'authority' | 'method' | 'path'> = new Map([
  ['host', 'authority'],
  [':authority', 'authority'],
  [':method', 'method'],
  [':path', 'path'],
] as const);
