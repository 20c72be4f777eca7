import type { ReportProblem } from 'fairlead/sdk';
import { defaultStoreUrl, type RbacConfig } from './config.js';

const scheme = /^[a-z][a-z0-9+.-]*:/i;

/** Finds what the schema cannot: a URL that is none, an answer that holds for less than no time. */
export function validateConfig(config: RbacConfig, report: ReportProblem): void {
  const { configStoreUrl, cacheDuration } = config;
  if (!scheme.test(configStoreUrl)) {
    report('configStoreUrl', `must be a URL like k8s:// or fs:///folder, not "${configStoreUrl}"`);
  } else if (configStoreUrl !== defaultStoreUrl) {
    const message = 'has no effect: roles and bindings are read from the configuration that this handler is in';
    report('configStoreUrl', message, 'warning');
  }
  if (cacheDuration.toNanos() < 0n) report('cacheDuration', 'must not be negative');
}
