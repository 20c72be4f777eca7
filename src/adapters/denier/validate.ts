import { Duration, type ReportProblem } from 'fairlead/sdk';
import type { DenierConfig } from './config.js';
import { readDirectResponse } from './direct-response.js';

/** Finds details that are no HTTP answer, and validities that no caller could make sense of. */
export function validateConfig(config: DenierConfig, report: ReportProblem): void {
  readDirectResponse(config.status.details, report);
  if (config.validDuration.toNanos() < Duration.zero.toNanos()) report('validDuration', 'must not be negative');
  if (config.validUseCount < 0) report('validUseCount', 'must not be negative');
}
