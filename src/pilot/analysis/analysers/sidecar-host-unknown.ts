import { matchesHost } from '../../kinds/host-name.js';
import type { Analyser } from '../analyser.js';

/** Hosts that a Sidecar imports and that nobody knows. */
export const sidecarHostUnknown: Analyser = {
  code: 'SIDECAR_HOST_UNKNOWN',
  severity: 'warning',
  name: 'sidecar-host-unknown',
  find({ list, model, canJudge }) {
    const routed = model.virtualServices.flatMap(({ hosts, config }) =>
      hosts.map((hostname) => ({ hostname, namespace: config.namespace })),
    );
    const known = [...model.services.services, ...routed];
    return list('Sidecar').flatMap(({ spec, namespace, resource }) =>
      spec.egress.flatMap(({ hosts }, listener) =>
        hosts.flatMap((text, index) => {
          const [from = '', host = ''] = text.toLowerCase().split('/');
          // All of a namespace may well be nothing yet; `~` means nothing.
          if (host === '*' || from === '~' || !canJudge(host)) return [];
          const wanted = from === '.' ? namespace : from;
          const isThere = known.some(
            (one) => (wanted === '*' || one.namespace === wanted) && matchesHost(one.hostname, host),
          );
          if (isThere) return [];
          const message = `imports nothing: no service is called "${host}"${wanted === '*' ? '' : ` in the namespace ${wanted}`}`;
          return [{ resource, at: `spec.egress[${listener}].hosts[${index}]`, message }];
        }),
      ),
    );
  },
};
