import type { Variety } from '../../sdk/index.js';
import type { Destination } from '../routing/table.js';
import type { ConfigCounters } from './config-counters.js';

/** What a runtime tells of its configuration, by Mixer's metric names; all are gauges of the newest snapshot. */
export interface RuntimeCounters extends ConfigCounters {
  readonly mixer_config_unsatisfied_action_handler_total: number;
  readonly mixer_handler_new_handlers_total: number;
  readonly mixer_handler_reused_handlers_total: number;
  readonly mixer_handler_closed_handlers_total: number;
  readonly mixer_handler_handler_build_failures_total: number;
  readonly mixer_handler_handler_close_failures_total: number;
  /** By the label `variety`. */
  readonly mixer_dispatcher_destinations_per_variety_total: Readonly<Record<string, number>>;
}

const varieties: readonly Variety[] = ['CHECK', 'REPORT', 'QUOTA', 'ATTRIBUTE_GENERATOR', 'CHECK_WITH_OUTPUT'];

/** Counts destinations by variety, with the names of the proto enum that Mixer's label shows. */
export function countDestinations(destinations: readonly Destination[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    varieties.map((variety) => [
      `TEMPLATE_VARIETY_${variety}`,
      destinations.filter(({ template }) => template.variety === variety).length,
    ]),
  );
}
