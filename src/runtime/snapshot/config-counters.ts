import type { Diagnostic } from '../../util/diagnostics.js';
import type { Classified } from '../validate/rule.js';

/** What a configuration holds, by the names of Mixer's own metrics (mixer-core.md 6.11). */
export interface ConfigCounters {
  readonly mixer_config_attributes_total: number;
  readonly mixer_config_handler_configs_total: number;
  readonly mixer_config_instance_configs_total: number;
  readonly mixer_config_instance_config_errors_total: number;
  readonly mixer_config_rule_configs_total: number;
  readonly mixer_config_rule_config_errors_total: number;
  readonly mixer_config_adapter_info_configs_total: number;
  readonly mixer_config_adapter_info_config_errors_total: number;
  readonly mixer_config_template_configs_total: number;
  readonly mixer_config_template_config_errors_total: number;
  readonly mixer_config_rule_config_match_error_total: number;
  readonly mixer_config_handler_validation_error_total: number;
}

/** Counts the resources of a configuration. An `_errors_total` counts resources with at least one error. */
export function countConfig(input: {
  readonly attributes: number;
  readonly subjects: readonly Classified[];
  /** Resources with errors, by role. */
  readonly errors: ReadonlyMap<string, number>;
  readonly diagnostics: readonly Diagnostic[];
}): ConfigCounters {
  const totals = new Map<string, number>();
  for (const { role } of input.subjects) totals.set(role.role, (totals.get(role.role) ?? 0) + 1);
  const total = (role: Classified['role']['role']): number => totals.get(role) ?? 0;
  const errors = (role: Classified['role']['role']): number => input.errors.get(role) ?? 0;
  return {
    mixer_config_attributes_total: input.attributes,
    mixer_config_handler_configs_total: total('handler'),
    mixer_config_instance_configs_total: total('instance'),
    mixer_config_instance_config_errors_total: errors('instance'),
    mixer_config_rule_configs_total: total('rule'),
    mixer_config_rule_config_errors_total: errors('rule'),
    mixer_config_adapter_info_configs_total: total('adapterInfo'),
    mixer_config_adapter_info_config_errors_total: errors('adapterInfo'),
    mixer_config_template_configs_total: total('templateInfo'),
    mixer_config_template_config_errors_total: errors('templateInfo'),
    mixer_config_rule_config_match_error_total: input.diagnostics.filter(isMatchError).length,
    mixer_config_handler_validation_error_total: errors('handler'),
  };
}

function isMatchError({ severity, path }: Diagnostic): boolean {
  return severity === 'error' && path !== undefined && /^rule '[^']*' match$/.test(path);
}
