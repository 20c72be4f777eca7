import type { ReportProblem } from 'fairlead/sdk';

import type { StdioConfig } from './config.js';

const limits = ['maxMegabytesBeforeRotation', 'maxDaysBeforeRotation', 'maxRotatedFiles'] as const;

/** Finds a path without a file or a file without a path, and limits below zero. */
export function validateConfig(config: StdioConfig, report: ReportProblem): void {
  const isFile = config.logStream === 'FILE' || config.logStream === 'ROTATED_FILE';
  if (isFile && config.outputPath === '') report('outputPath', `needs a value when logStream is ${config.logStream}`);
  if (!isFile && config.outputPath !== '') report('outputPath', `must be empty when logStream is ${config.logStream}`);
  for (const field of limits) if (config[field] < 0) report(field, 'must not be negative');
}
