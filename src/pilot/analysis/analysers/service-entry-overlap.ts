import type { Config } from '../../kinds/kind.js';
import type { ServiceEntry } from '../../kinds/service-entry.js';
import { isHttp, isTls, parseProtocol } from '../../kinds/protocols.js';
import { isPublic } from '../../model/visibility.js';
import { type Analyser, type Mistake, quoteName } from '../analyser.js';
import type { AnalysedMesh } from '../mesh.js';

type Entry = Config<ServiceEntry>;

/** ServiceEntries that tell of the same host, or whose TCP ports share an address: the oldest counts. */
export const serviceEntryOverlap: Analyser = {
  code: 'SERVICE_ENTRY_OVERLAP',
  severity: 'warning',
  name: 'service-entry-overlap',
  find(mesh) {
    const entries = mesh.list('ServiceEntry');
    return entries.flatMap((entry, index) => {
      const older = entries.slice(0, index).filter((one) => meet(one, entry, mesh));
      return [...sameHosts(entry, older), ...sameAddresses(entry, older)];
    });
  },
};

function meet(a: Entry, b: Entry, { model }: AnalysedMesh): boolean {
  const isShared = ({ spec }: Entry): boolean => isPublic(spec.exportTo, model.mesh.defaultServiceExportTo);
  return a.namespace === b.namespace || (isShared(a) && isShared(b));
}

function sameHosts({ spec, resource }: Entry, older: readonly Entry[]): readonly Mistake[] {
  return spec.hosts.flatMap((host, index) => {
    const owner = older.find((one) => one.spec.hosts.some((other) => other.toLowerCase() === host.toLowerCase()));
    if (owner === undefined) return [];
    const message = `the older ${quoteName(owner)} tells of "${host}" too: what it says of ports and resolution counts`;
    return [{ resource, at: `spec.hosts[${index}]`, message }];
  });
}

function sameAddresses({ spec, resource }: Entry, older: readonly Entry[]): readonly Mistake[] {
  const ports = tcpPorts(spec);
  return spec.addresses.flatMap((address, index) => {
    const owner = older.find((one) => {
      const isOther = !one.spec.hosts.some((host) => spec.hosts.includes(host));
      return isOther && one.spec.addresses.includes(address) && tcpPorts(one.spec).some((port) => ports.includes(port));
    });
    if (owner === undefined) return [];
    const message = `the older ${quoteName(owner)} has the address ${address} with the same TCP port`;
    return [{ resource, at: `spec.addresses[${index}]`, message }];
  });
}

/** Ports of which nothing but the address tells connections apart. */
function tcpPorts({ ports }: ServiceEntry): readonly number[] {
  return ports.flatMap(({ number, protocol }) => {
    const known = parseProtocol(protocol) ?? 'AUTO';
    return isHttp(known) || isTls(known) ? [] : [number];
  });
}
