import type { Template } from '../../sdk/index.js';

/** The name of the handler method that serves a template: `handleMetric`, `generateKubernetesAttributes`. */
export function methodNameOf(template: Pick<Template, 'variety' | 'displayName'>): string {
  return template.variety === 'ATTRIBUTE_GENERATOR'
    ? `generate${template.displayName}Attributes`
    : `handle${template.displayName}`;
}
