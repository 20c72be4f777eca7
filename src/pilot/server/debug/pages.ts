import type { Page, PageMaker, Pages } from '../http-port.js';
import type { Pilot } from '../types.js';
import { readConfigDump } from './config-dump.js';
import { readConfigz, readDistribution, readPushStatus } from './configz.js';
import { readAdsz, readResources } from './connections.js';
import { readEndpointz, writeEndpoints } from './endpointz.js';
import { readRegistryz, readShards } from './registryz.js';
import { readSyncz } from './syncz.js';

/** The pages under `/debug` (mesh.md 3.9). */
export function debugPages(pilot: Pilot): Pages {
  const later: PageMaker = () => ({
    status: 404,
    body: 'not here yet: it comes with authentication and authorization policies\n',
  });
  return new Map<string, PageMaker>([
    ['/debug/syncz', () => json(readSyncz(pilot))],
    ['/debug/adsz', (query) => adsz(pilot, query)],
    ['/debug/cdsz', (query) => json(readResources(pilot, 'cluster', query.get('proxyID')))],
    ['/debug/edsz', (query) => json(readResources(pilot, 'endpoints', query.get('proxyID')))],
    ['/debug/registryz', () => json(readRegistryz(pilot))],
    [
      '/debug/endpointz',
      (query) => (query.has('brief') ? { body: writeEndpoints(pilot) } : json(readEndpointz(pilot))),
    ],
    ['/debug/endpointShardz', () => json(readShards(pilot))],
    ['/debug/configz', () => json(readConfigz(pilot))],
    ['/debug/config_dump', (query) => configDump(pilot, query)],
    ['/debug/push_status', () => json(readPushStatus(pilot))],
    ['/debug/config_distribution', (query) => distribution(pilot, query)],
    ['/debug/authenticationz', later],
    ['/debug/authorizationz', later],
  ]);
}

function json(value: unknown): Page {
  return { contentType: 'application/json', body: `${JSON.stringify(value, undefined, 2)}\n` };
}

function adsz(pilot: Pilot, query: URLSearchParams): Page {
  if (!query.has('push')) return json(readAdsz(pilot));
  pilot.xds.push({ kind: 'full' });
  return { body: `pushed to ${pilot.clients.count} proxies\n` };
}

function configDump(pilot: Pilot, query: URLSearchParams): Page {
  const id = query.get('proxyID');
  if (id === null || id === '') return { status: 400, body: 'which proxy? add ?proxyID=name.namespace\n' };
  const dump = readConfigDump(pilot, id);
  if (dump !== undefined) return json(dump);
  const names = pilot.clients.all().map(({ proxy }) => proxy.id);
  return { status: 404, body: `'${id}' is not connected; there are: ${names.join(' ') || 'none'}\n` };
}

function distribution(pilot: Pilot, query: URLSearchParams): Page {
  const resource = query.get('resource') ?? '';
  if (resource === '') return { status: 400, body: 'which resource? add ?resource=VirtualService/namespace/name\n' };
  const found = readDistribution(pilot, resource, query.get('proxy_namespace'));
  return found === undefined ? { status: 404, body: `there is no ${resource}\n` } : json(found);
}
