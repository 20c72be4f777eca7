import { Duration, type ReportProblem } from 'fairlead/sdk';
import type { ListcheckerConfig } from './config.js';
import { findBadEntry } from './list.js';

// Scheme and host must both be there: `http:///list` has no host, whatever a browser makes of it.
const schemeAndHost = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]+/i;
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

function validateProvider(config: ListcheckerConfig, report: ReportProblem): void {
  if (!isAbsoluteUrl(config.providerUrl)) {
    report('providerUrl', `must be a URL with scheme and host, not "${config.providerUrl}"`);
  } else {
    report('providerUrl', 'fetching a list is not supported yet: put its entries into overrides');
  }
  const refresh = config.refreshInterval.toNanos();
  if (refresh < shortestRefresh) report('refreshInterval', 'must be at least 1s');
  if (config.ttl.toNanos() < refresh) report('ttl', 'must not be shorter than refreshInterval');
}

function isAbsoluteUrl(text: string): boolean {
  return schemeAndHost.test(text) && URL.canParse(text);
}
