import { hasLabels } from '../../model/visibility.js';
import { allPlaces } from '../places.js';
import type { Analyser } from '../analyser.js';

/** Gateways of which no workload has the labels that they select. */
export const unknownSelector: Analyser = {
  code: 'IST0101',
  severity: 'error',
  name: 'unknown-selector',
  find(mesh) {
    const places = allPlaces(mesh);
    if (places.length === 0 && !mesh.isWhole) return [];
    return mesh.list('Gateway').flatMap(({ spec: { selector }, resource }) => {
      if (places.some(({ labels }) => hasLabels(labels, selector))) return [];
      if (!mesh.isWhole && isInstalledWithIstio(selector)) return [];
      const text = Array.from(selector, ([name, value]) => `${name}=${value}`).join(',');
      return [{ resource, at: 'spec.selector', message: `no workload has the labels ${text}` }];
    });
  },
};

/** The gateways that come with the control plane, and whose manifests are seldom beside the configuration. */
function isInstalledWithIstio(selector: ReadonlyMap<string, string>): boolean {
  return ['ingressgateway', 'egressgateway'].includes(selector.get('istio') ?? '');
}
