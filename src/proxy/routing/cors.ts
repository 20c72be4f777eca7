import type { Cors } from '../../gen/fairlead/proxy/v1/route.js';
import type { RequestHead } from '../http/message.js';
import { millisOf } from '../millis.js';
import { compileStringMatch } from './string-match.js';
import type { CompiledCors } from './types.js';

/** Cross-origin rules (mesh.md 2.1.10): preflight requests are answered here, other answers get their headers. */
export function compileCors(cors: Cors | undefined): CompiledCors | undefined {
  if (cors === undefined) return undefined;
  const any = cors.allowOrigins.some(({ exact }) => exact === '*');
  const tests = cors.allowOrigins.map((match) => compileStringMatch(match));
  const allows = (request: RequestHead): string | undefined => {
    const origin = request.headers.get('origin');
    return origin !== undefined && (any || tests.some((test) => test(origin))) ? origin : undefined;
  };
  const credentials = cors.allowCredentials ? ['access-control-allow-credentials', 'true'] : [];
  const forPreflight = [
    ...credentials,
    ...list('access-control-allow-methods', cors.allowMethods),
    ...list('access-control-allow-headers', cors.allowHeaders),
    ...(cors.maxAge === undefined ? [] : ['access-control-max-age', String(Math.trunc(millisOf(cors.maxAge) / 1000))]),
  ];
  const exposed = cors.exposeHeaders.join(',');
  return {
    preflight: (request) => {
      if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined;
      const origin = allows(request);
      if (origin === undefined) return undefined;
      return { status: 200, headers: ['access-control-allow-origin', origin, ...forPreflight] };
    },
    changeResponse: (request, { headers }) => {
      const origin = allows(request);
      if (origin === undefined) return;
      headers.set('access-control-allow-origin', origin);
      if (cors.allowCredentials) headers.set('access-control-allow-credentials', 'true');
      if (exposed !== '') headers.set('access-control-expose-headers', exposed);
    },
  };
}

function list(name: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [name, values.join(',')];
}
