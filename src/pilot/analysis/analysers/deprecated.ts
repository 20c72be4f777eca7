import { specEntries } from '../../../config/index.js';
import type { Specs } from '../../kinds/table.js';
import type { Analyser } from '../analyser.js';

type HttpRule = Specs['VirtualService']['http'][number];
type HttpDestination = HttpRule['route'][number];

const headerFields = [
  'appendRequestHeaders',
  'appendResponseHeaders',
  'removeRequestHeaders',
  'removeResponseHeaders',
] as const;

/** Fields that a newer one has taken the place of. */
export const deprecated: Analyser = {
  code: 'IST0002',
  severity: 'warning',
  name: 'deprecated',
  find({ resources, list }) {
    const routes = list('VirtualService').flatMap(({ spec, resource }) =>
      spec.http.flatMap((rule, index) =>
        outdated(rule).map(({ at, use }) => ({
          resource,
          at: `spec.http[${index}].${at}`,
          message: use === undefined ? `${at} is deprecated and has no effect` : `${at} is deprecated: use ${use}`,
        })),
      ),
    );
    const filters = resources.flatMap((resource) => {
      const isOutdated = resource.kind === 'EnvoyFilter' && specEntries(resource).some(({ key }) => key === 'filters');
      const message = 'filters is deprecated: use configPatches';
      return isOutdated ? [{ resource, at: 'spec.filters', message }] : [];
    });
    return [...routes, ...filters];
  },
};

interface Outdated {
  readonly at: string;
  /** Undefined where nothing takes its place. */
  readonly use: string | undefined;
}

function outdated(rule: HttpRule): readonly Outdated[] {
  const { appendHeaders, websocketUpgrade, fault, route } = rule;
  return [
    ...(appendHeaders.size > 0 ? [{ at: 'appendHeaders', use: 'headers' }] : []),
    ...outdatedHeaders(rule, ''),
    ...route.flatMap((destination, index) => outdatedHeaders(destination, `route[${index}].`)),
    ...(websocketUpgrade ? [{ at: 'websocketUpgrade', use: undefined }] : []),
    ...(fault?.delay?.percent !== undefined ? [{ at: 'fault.delay.percent', use: 'percentage' }] : []),
    ...(fault?.abort?.percent !== undefined ? [{ at: 'fault.abort.percent', use: 'percentage' }] : []),
  ];
}

function outdatedHeaders(owner: HttpRule | HttpDestination, path: string): readonly Outdated[] {
  const given = headerFields.filter((field) => [...owner[field]].length > 0);
  return given.map((field) => ({ at: `${path}${field}`, use: 'headers' }));
}
