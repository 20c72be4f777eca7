import type { DestinationRule } from '../../kinds/destination-rule.js';
import type { Config } from '../../kinds/kind.js';
import { expandHost } from '../../model/expand.js';
import { type Analyser, type Mistake, quoteName } from '../analyser.js';

/** Policies and subsets of a DestinationRule that an older one for the same host has already (mesh.md 2.2). */
export const destinationRuleConflict: Analyser = {
  code: 'DESTINATION_RULE_CONFLICT',
  severity: 'warning',
  name: 'destination-rule-conflict',
  find({ list, model }) {
    const byHost = new Map<string, Config<DestinationRule>[]>();
    return list('DestinationRule').flatMap((rule) => {
      const { spec, namespace } = rule;
      const key = `${namespace}/${expandHost(spec.host, { namespace, domain: model.mesh.domain })}`;
      const older = byHost.get(key) ?? [];
      byHost.set(key, [...older, rule]);
      return [...lostPolicy(rule, older), ...lostSubsets(rule, older)];
    });
  },
};

type Rule = Config<DestinationRule>;

function lostPolicy({ spec, resource }: Rule, older: readonly Rule[]): readonly Mistake[] {
  const owner = older.find((one) => one.spec.trafficPolicy !== undefined);
  if (owner === undefined || spec.trafficPolicy === undefined) return [];
  return [{ resource, at: 'spec.trafficPolicy', message: `has no effect: the older ${quoteName(owner)} has a policy` }];
}

function lostSubsets({ spec, resource }: Rule, older: readonly Rule[]): readonly Mistake[] {
  return spec.subsets.flatMap(({ name }, index) => {
    const owner = older.find((one) => one.spec.subsets.some((subset) => subset.name === name));
    if (owner === undefined) return [];
    const message = `has no effect: the older ${quoteName(owner)} has a subset "${name}"`;
    return [{ resource, at: `spec.subsets[${index}].name`, message }];
  });
}
