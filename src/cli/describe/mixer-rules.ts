import { type Resource, specValue } from '../../config/index.js';
import { type KnownAttributes, type Truth, truthOfMatch } from './rule-truth.js';

/** A rule of Mixer that can apply. */
export interface AppliedRule {
  readonly resource: Resource;
  readonly match: string;
  readonly truth: Exclude<Truth, 'never'>;
}

/** The rules for a namespace's requests, its own and those for all, but for those that never apply to what is known. */
export function rulesFor(
  resources: readonly Resource[],
  { namespaces, known }: { readonly namespaces: readonly string[]; readonly known: KnownAttributes },
): readonly AppliedRule[] {
  return resources.flatMap((resource) => {
    if (resource.kind !== 'rule' || !namespaces.includes(resource.namespace)) return [];
    const said = specValue(resource, 'spec.match');
    const match = typeof said === 'string' ? said : '';
    const truth = truthOfMatch(match, known);
    return truth === 'never' ? [] : [{ resource, match, truth }];
  });
}
