import type { HeaderOperations } from '../../gen/fairlead/proxy/v1/match.js';
import { isFraming } from '../http/hop-by-hop.js';
import type { RequestHead, ResponseHead } from '../http/message.js';
import type { Headers } from '../http/headers.js';
import { octetsOf } from '../http/octets-of.js';
import { isToken } from '../http1/octets.js';

/**
 * Changes headers: sets, adds, then removes (mesh.md 2.1.11). Undefined when there is nothing to do. What frames a message
 * is not for an operator to say: the peer would be told of a body that does not come.
 */
type HeaderChange = (headers: Headers) => void;

function compileHeaderOperations(operations: HeaderOperations | undefined): HeaderChange | undefined {
  if (operations === undefined) return undefined;
  const set = operations.set.map(named).filter(isFree);
  const add = operations.add.map(named).filter(isFree);
  const remove = operations.remove.map((name) => name.toLowerCase());
  if (set.length + add.length + remove.length === 0) return undefined;
  return (headers) => {
    for (const { name, value } of set) headers.set(name, value);
    for (const { name, value } of add) headers.add(name, value);
    for (const name of remove) headers.remove(name);
  };
}

interface Field {
  readonly name: string;
  readonly value: string;
}

function named({ name, value }: Field): Field {
  return { name: name.toLowerCase(), value: octetsOf(value) };
}

function isFree({ name }: Field): boolean {
  return isToken(name) && !isFraming(name);
}

/** The same for the head of a request, whose authority, method and path may be set by their names as well. */
export function compileRequestOperations(
  operations: HeaderOperations | undefined,
): ((request: RequestHead) => void) | undefined {
  if (operations === undefined) return undefined;
  const isHead = ({ name }: Pick<Field, 'name'>): boolean => headFields.has(name.toLowerCase());
  const heads = operations.set.filter(isHead).map(named);
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
