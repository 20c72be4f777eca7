import type { Config } from '../kinds/kind.js';
import { parseProtocol } from '../kinds/protocols.js';
import type { ListedService, Services } from '../kinds/services.js';
import { protocolOfPort } from '../model/port-protocol.js';
import type { Service } from '../model/service.js';
import { type Known, toInstance } from './service-entries.js';

/** The services of a list, and where they run. */
export function fromServices(
  config: Config<Services>,
  options: { readonly registry: string; readonly domain: string },
): Known {
  const known = config.spec.services.map((listed) => {
    const service = toService(listed, config, options);
    const places = listed.instances;
    return {
      service,
      instances: places.flatMap((place) => service.ports.map((port) => toInstance(service, place, port))),
    };
  });
  return {
    services: known.map(({ service }) => service),
    instances: known.flatMap(({ instances }) => instances),
  };
}

function toService(
  listed: ListedService,
  config: Config<Services>,
  { registry, domain }: { readonly registry: string; readonly domain: string },
): Service {
  const { name, address, external, exportTo, labels, instances } = listed;
  const namespace = listed.namespace || config.namespace;
  const accounts = instances.map(({ serviceAccount }) => serviceAccount).filter((account) => account !== '');
  return Object.freeze({
    hostname: (listed.hostname || `${name}.${namespace}.svc.${domain}`).toLowerCase(),
    name,
    namespace,
    addresses: address === '' ? [] : [address],
    ports: listed.ports.map((port) => ({
      name: port.name,
      number: port.port,
      protocol: parseProtocol(port.protocol ?? '') ?? protocolOfPort(port.name, port.port),
    })),
    resolution: 'LISTED',
    isExternal: external,
    serviceAccounts: [...new Set(accounts)],
    createdAt: config.createdAt,
    exportTo,
    labels,
    uid: `istio://${namespace}/services/${name}`,
    registry,
  });
}
