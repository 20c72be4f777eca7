import type { Resource } from '../../config/index.js';
import type { Destination } from '../kinds/destination.js';
import type { RoutedHosts } from '../model/virtual-services.js';

/** A place in a VirtualService that names a service. */
export interface NamedDestination {
  readonly resource: Resource;
  readonly namespace: string;
  /** The path of the destination. */
  readonly at: string;
  /** With its host in full. */
  readonly to: Destination;
}

/** All destinations of a VirtualService, mirrors too. */
export function destinationsOf({ config, http, tls, tcp }: RoutedHosts): readonly NamedDestination[] {
  const { resource, namespace } = config;
  const name = (at: string, to: Destination): NamedDestination => ({ resource, namespace, at, to });
  const ofRules = (
    field: string,
    rules: readonly { readonly route: readonly { readonly destination: Destination }[] }[],
  ) =>
    rules.flatMap(({ route }, rule) =>
      route.map(({ destination }, index) => name(`spec.${field}[${rule}].route[${index}].destination`, destination)),
    );
  const mirrors = http.flatMap(({ mirror }, rule) =>
    mirror === undefined ? [] : [name(`spec.http[${rule}].mirror`, mirror)],
  );
  return [...ofRules('http', http), ...mirrors, ...ofRules('tls', tls), ...ofRules('tcp', tcp)];
}
