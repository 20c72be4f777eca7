import { suggest } from '../../../config/index.js';
import { isSubsetOf } from '../../kinds/host-name.js';
import type { Analyser } from '../analyser.js';
import { destinationsOf } from '../destinations.js';
import type { AnalysedMesh } from '../mesh.js';

/** Destinations of a VirtualService that no registry knows: requests to them fail. */
export const unknownHost: Analyser = {
  code: 'IST0101',
  severity: 'error',
  name: 'unknown-host',
  find: (mesh) =>
    mesh.model.virtualServices.flatMap(destinationsOf).flatMap(({ resource, namespace, at, to: { host } }) => {
      if (mesh.serviceOf(host, namespace) !== undefined || !mesh.canJudge(host)) return [];
      return [{ resource, at: `${at}.host`, message: `there is no service "${host}"${hintOf(mesh, host)}` }];
    }),
};

function hintOf({ model }: AnalysedMesh, host: string): string {
  const { services } = model.services;
  const hidden = services.find(({ hostname }) => hostname === host);
  if (hidden !== undefined) return `: it is kept to the namespace ${hidden.namespace}`;
  const wider = services.find(({ hostname }) => hostname !== host && isSubsetOf(host, hostname));
  if (wider !== undefined) return `: "${wider.hostname}" is sent to by that name only`;
  const [short] = host.split('.');
  const elsewhere = services.find(({ name, hostname }) => name === short && hostname !== host);
  const likely =
    elsewhere?.hostname ??
    suggest(
      host,
      services.map(({ hostname }) => hostname),
    );
  return likely === undefined ? '' : `; did you mean "${likely}"?`;
}
