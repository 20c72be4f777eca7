import { type Infer, s } from 'fairlead/sdk';

const levels = { 0: 'INFO', 1: 'WARNING', 2: 'ERROR' } as const;

export type Level = (typeof levels)[keyof typeof levels];

const defaultSeverities = new Map<string, Level>([
  ...['INFORMATIONAL', 'informational', 'INFO', 'info'].map((text) => [text, 'INFO'] as const),
  ...['WARNING', 'warning', 'WARN', 'warn'].map((text) => [text, 'WARNING'] as const),
  ...['ERROR', 'error', 'ERR', 'err', 'FATAL', 'fatal'].map((text) => [text, 'ERROR'] as const),
]);

/** Params of the stdio adapter (adapters.md 4.2). */
export const configSchema = s.message({
  logStream: s.enum({ 0: 'STDOUT', 1: 'STDERR', 2: 'FILE', 3: 'ROTATED_FILE' }, 'STDOUT', 'Where the lines go.'),
  severityLevels: s.map(
    s.enum(levels, 'INFO'),
    defaultSeverities,
    'Level by severity text, which must match exactly; other severities are INFO.',
  ),
  metricLevel: s.enum(levels, 'INFO', 'Level of metrics.'),
  outputAsJson: s.bool(true, 'One JSON object a line; otherwise columns separated by tabs.'),
  outputLevel: s.enum(levels, 'INFO', 'Lines below this level are dropped.'),
  outputPath: s.string('', 'The file; required for FILE and ROTATED_FILE, forbidden otherwise.'),
  maxMegabytesBeforeRotation: s.int32(100, 'ROTATED_FILE: a file that would grow beyond this is put aside.'),
  maxDaysBeforeRotation: s.int32(30, 'ROTATED_FILE: files put aside longer ago are deleted; 0 keeps them.'),
  maxRotatedFiles: s.int32(1000, 'ROTATED_FILE: how many files put aside are kept; 0 keeps all.'),
});

export type StdioConfig = Infer<typeof configSchema>;
