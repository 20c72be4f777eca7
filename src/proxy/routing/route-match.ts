import type { NamedMatch } from '../../gen/fairlead/proxy/v1/match.js';
import type { RouteMatch } from '../../gen/fairlead/proxy/v1/route.js';
import type { RequestHead } from '../http/message.js';
import { compileRegex, compileStringMatch } from './string-match.js';

/** What a match says of a request; `path` is without its query. */
export type RequestTest = (request: RequestHead, path: string, query: string) => boolean;

/** Compiles a match: all of its conditions must hold (mesh.md 2.1.2). Undefined when it fits every request. */
export function compileRouteMatch(match: RouteMatch | undefined): RequestTest | undefined {
  if (match === undefined) return undefined;
  const tests = [
    compilePath(match),
    ...match.headers.map(compileHeader),
    ...match.queryParameters.map(compileQueryParameter),
  ].filter((test) => test !== undefined);
  if (tests.length === 0) return undefined;
  if (tests.length === 1) return tests[0];
  return (request, path, query) => tests.every((test) => test(request, path, query));
}

/** `/a/b?c` is `/a/b` and `c`. */
export function splitPath(path: string): readonly [path: string, query: string] {
  const mark = path.indexOf('?');
  return mark === -1 ? [path, ''] : [path.slice(0, mark), path.slice(mark + 1)];
}

function compilePath({ prefix, exact, regex, ignoreCase }: RouteMatch): RequestTest | undefined {
  if (regex !== undefined) {
    const test = compileRegex(regex, ignoreCase);
    return (_request, path) => test(path);
  }
  if (exact !== undefined) {
    const test = compileStringMatch({ exact }, ignoreCase);
    return (_request, path) => test(path);
  }
  if (prefix === undefined || prefix === '/' || prefix === '') return undefined;
  const test = compileStringMatch({ prefix }, ignoreCase);
  return (_request, path) => test(path);
}

function compileHeader({ name, value }: NamedMatch): RequestTest {
  const test = compileStringMatch(value);
  const read = readerOf(name.toLowerCase());
  return (request) => {
    const found = read(request);
    return found !== undefined && test(found);
  };
}

function readerOf(name: string): (request: RequestHead) => string | undefined {
  switch (name) {
    case ':authority':
    case 'host':
      return (request) => request.authority;
    case ':method':
      return (request) => request.method;
    case ':scheme':
      return (request) => request.scheme;
    case ':path':
      return (request) => request.path;
    default:
      return (request) => request.headers.getAll(name);
  }
}

/** The first parameter of the name counts, as it is written: nothing is decoded, as in Envoy. */
function compileQueryParameter({ name, value }: NamedMatch): RequestTest {
  const test = compileStringMatch(value);
  return (_request, _path, query) => {
    for (const pair of query.split('&')) {
      const mark = pair.indexOf('=');
      if ((mark === -1 ? pair : pair.slice(0, mark)) === name) return test(mark === -1 ? '' : pair.slice(mark + 1));
    }
    return false;
  };
}
