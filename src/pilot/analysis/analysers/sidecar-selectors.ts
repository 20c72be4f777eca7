import type { Config } from '../../kinds/kind.js';
import type { Sidecar } from '../../kinds/sidecar.js';
import { hasLabels } from '../../model/visibility.js';
import { type Analyser, quoteName } from '../analyser.js';
import { allPlaces } from '../places.js';

/** Sidecars of one namespace that select the same workload: only the oldest counts for it. */
export const sidecarSelectors: Analyser = {
  code: 'IST0110',
  severity: 'error',
  name: 'sidecar-selectors',
  find(mesh) {
    const places = allPlaces(mesh);
    const labelsOf = ({ spec }: Config<Sidecar>) => spec.workloadSelector?.labels ?? new Map<string, string>();
    const conflict = (older: Config<Sidecar>, younger: Config<Sidecar>): boolean => {
      const [some, others] = [labelsOf(older), labelsOf(younger)];
      if (some.size === others.size && hasLabels(some, others)) return true;
      return places.some(
        ({ namespace, labels }) =>
          namespace === younger.namespace && hasLabels(labels, some) && hasLabels(labels, others),
      );
    };
    const selecting = mesh.list('Sidecar').filter(({ spec }) => spec.workloadSelector !== undefined);
    return selecting.flatMap((younger, index) => {
      const older = selecting
        .slice(0, index)
        .find((one) => one.namespace === younger.namespace && conflict(one, younger));
      if (older === undefined) return [];
      const message = `${quoteName(older)} is older and selects the same workloads`;
      return [{ resource: younger.resource, at: 'spec.workloadSelector', message }];
    });
  },
};
