import { type Analyser, quoteName } from '../analyser.js';

/** Sidecars for a whole namespace that has one already. */
export const sidecarsWithoutSelector: Analyser = {
  code: 'IST0111',
  severity: 'error',
  name: 'sidecars-without-selector',
  find({ list }) {
    const general = list('Sidecar').filter(({ spec }) => spec.workloadSelector === undefined);
    return general.flatMap((younger, index) => {
      const older = general.slice(0, index).find(({ namespace }) => namespace === younger.namespace);
      if (older === undefined) return [];
      const message = `${quoteName(older)} is older and has no workloadSelector either: this one has no effect`;
      return [{ resource: younger.resource, at: 'metadata.name', message }];
    });
  },
};
