import { Duration, type ReportProblem } from 'fairlead/sdk';
import type { ListcheckerConfig } from './config.js';
import { findBadEntry } from './list.js';
import { parseProviderUrl } from './provider-url.js';

const shortestRefresh = Duration.fromSeconds(1).toNanos();

/** Finds what the schema cannot: an unusable URL, times that do not fit together, entries that are none. */
export function validateConfig(config: ListcheckerConfig, report: ReportProblem): void {
  if (config.providerUrl !== '') validateProvider(config, report);
  if (config.cachingInterval.toNanos() < 0n) report('cachingInterval', 'must not be negative');
  if (config.cachingUseCount < 0) report('cachingUseCount', 'must not be negative');
  for (const [index, entry] of config.overrides.entries()) {
    const problem = findBadEntry(config.entryType, entry);
    if (problem !== undefined) report(`overrides[${index}]`, problem);
  }
}

/** The times and bounds of fetching mean nothing without a provider, and then may be anything, as in Mixer. */
function validateProvider(config: ListcheckerConfig, report: ReportProblem): void {
  if (parseProviderUrl(config.providerUrl) === undefined) {
    report('providerUrl', 'must be an http or https URL with a host');
  }
  const refresh = config.refreshInterval.toNanos();
  if (refresh < shortestRefresh) report('refreshInterval', 'must be at least 1s');
  if (config.ttl.toNanos() < refresh) report('ttl', 'must not be shorter than refreshInterval');
  if (config.fetchTimeout.toNanos() <= 0n) report('fetchTimeout', 'must be more than 0s');
  if (config.maxBytes < 1) report('maxBytes', 'must be at least 1');
}
