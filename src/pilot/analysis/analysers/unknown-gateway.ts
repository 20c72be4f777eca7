import { expandGateway } from '../../model/expand.js';
import type { Analyser, Mistake } from '../analyser.js';

/** Gateways that a VirtualService names and that are not there. */
export const unknownGateway: Analyser = {
  code: 'IST0101',
  severity: 'error',
  name: 'unknown-gateway',
  find({ resources, list }) {
    const gateways = resources.filter(({ kind }) => kind === 'Gateway');
    const known = new Set(['mesh', ...gateways.map(({ namespace, name }) => `${namespace}/${name}`)]);
    return list('VirtualService').flatMap(({ spec, namespace, resource }) => {
      const check = (path: string, names: readonly string[]): readonly Mistake[] =>
        names.flatMap((text, index) => {
          const name = expandGateway(text, namespace);
          if (known.has(name)) return [];
          return [{ resource, at: `${path}[${index}]`, message: `there is no Gateway "${name}"` }];
        });
      const rules = (['http', 'tls', 'tcp'] as const).flatMap((field) =>
        spec[field].flatMap(({ match }, rule) =>
          match.flatMap(({ gateways: names }, index) =>
            check(`spec.${field}[${rule}].match[${index}].gateways`, names),
          ),
        ),
      );
      return [...check('spec.gateways', spec.gateways), ...rules];
    });
  },
};
