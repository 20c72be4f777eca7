import type { Route, RouteTable, VirtualHost } from '../../gen/fairlead/proxy/v1/route.js';
import { compileCors } from './cors.js';
import { Domains } from './domains.js';
import { compileFault } from './fault.js';
import { compileForward } from './forward.js';
import { compileRequestOperations, compileResponseOperations } from './header-operations.js';
import { compileRedirect } from './redirect.js';
import { compileRouteMatch, type RequestTest, splitPath } from './route-match.js';
import type { CompiledRoute, CompiledRouteTable } from './types.js';

interface Entry {
  readonly test: RequestTest | undefined;
  readonly route: CompiledRoute;
}

interface Host {
  readonly entries: readonly Entry[];
  /** Instead of all routes, for callers without TLS. */
  readonly toTls: CompiledRoute | undefined;
}

/**
 * Compiles a table of routes: hosts are found by hash, routes in their order, and no expression is parsed later on.
 *
 * @throws when an expression is none, or a route leads nowhere; the message names the route.
 */
export function compileRouteTable(table: RouteTable): CompiledRouteTable {
  const hosts = new Domains<Host>();
  for (const virtualHost of table.virtualHosts) {
    const host = compileHost(virtualHost);
    for (const domain of virtualHost.domains) hosts.add(domain, host);
  }
  return {
    name: table.name,
    find: (request, downstream) => {
      const host = hosts.find(request.authority);
      if (host === undefined) return undefined;
      if (host.toTls !== undefined && downstream.tls === undefined) return host.toTls;
      const [path, query] = splitPath(request.path);
      for (const { test, route } of host.entries) {
        if (test === undefined || test(request, path, query)) return route;
      }
      return undefined;
    },
  };
}

function compileHost(host: VirtualHost): Host {
  const entries = host.routes.map((route) => {
    try {
      return { test: compileRouteMatch(route.match), route: compileRoute(route, host.name) };
    } catch (error) {
      throw new Error(`route '${route.name}' of virtual host '${host.name}': ${(error as Error).message}`, {
        cause: error,
      });
    }
  });
  return { entries, toTls: host.requireTls ? tlsRoute(host.name) : undefined };
}

function compileRoute(route: Route, virtualHost: string): CompiledRoute {
  return {
    name: route.name,
    virtualHost,
    reply: compileReply(route),
    forward: compileForward(route),
    fault: compileFault(route.fault),
    cors: compileCors(route.cors),
    mixerService: route.mixerService,
    operation: route.operation,
    changeRequest: compileRequestOperations(route.requestHeaders) ?? nothing,
    changeResponse: compileResponseOperations(route.responseHeaders) ?? nothing,
  };
}

function compileReply({ redirect, directResponse, forward }: Route): CompiledRoute['reply'] {
  if (redirect !== undefined) return compileRedirect(redirect);
  if (directResponse !== undefined) {
    const reply = { status: directResponse.code, body: directResponse.body, details: 'direct_response' };
    return () => reply;
  }
  if (forward === undefined) throw new Error('has neither a cluster nor an answer');
  return undefined;
}

function tlsRoute(virtualHost: string): CompiledRoute {
  return {
    ...compileRoute(emptyRoute, virtualHost),
    reply: compileRedirect({ path: '', host: '', code: 301, https: true }),
  };
}

const emptyRoute: Route = {
  name: 'require_tls',
  match: undefined,
  directResponse: { code: 301, body: '' },
  fault: undefined,
  cors: undefined,
  requestHeaders: undefined,
  responseHeaders: undefined,
  mixerService: '',
  operation: '',
};
const nothing = (): void => undefined;
