import type { Env } from 'fairlead/sdk';

import { AppendFile } from './append-file.js';
import type { StdioConfig } from './config.js';
import { openDescriptor } from './descriptor-file.js';
import type { LogFile } from './log-file.js';
import { RotatedFile } from './rotated-file.js';

const bytesPerMegabyte = 1024 * 1024;
const defaultMegabytes = 100;

/** Opens what the configuration names; rejects when a file cannot be opened. */
export async function openLogFile(config: StdioConfig, env: Env): Promise<LogFile> {
  switch (config.logStream) {
    case 'STDOUT':
      return openDescriptor(1, env);
    case 'STDERR':
      return openDescriptor(2, env);
    case 'FILE':
      return AppendFile.open(config.outputPath, env.clock);
    case 'ROTATED_FILE':
      return RotatedFile.open(
        config.outputPath,
        {
          maxBytes: (config.maxMegabytesBeforeRotation || defaultMegabytes) * bytesPerMegabyte,
          maxDays: config.maxDaysBeforeRotation,
          maxBackups: config.maxRotatedFiles,
        },
        env,
      );
  }
}
