import { type Infer, s } from 'fairlead/sdk';

const units = {
  0: 'None',
  1: 'Seconds',
  2: 'Microseconds',
  3: 'Milliseconds',
  4: 'Count',
  5: 'Bytes',
  6: 'Kilobytes',
  7: 'Megabytes',
  8: 'Gigabytes',
  9: 'Terabytes',
  10: 'Bits',
  11: 'Kilobits',
  12: 'Megabits',
  13: 'Gigabits',
  14: 'Terabits',
  15: 'Percent',
  16: 'Bytes_Second',
  17: 'Kilobytes_Second',
  18: 'Megabytes_Second',
  19: 'Gigabytes_Second',
  20: 'Terabytes_Second',
  21: 'Bits_Second',
  22: 'Kilobits_Second',
  23: 'Megabits_Second',
  24: 'Gigabits_Second',
  25: 'Terabits_Second',
  26: 'Count_Second',
} as const;

/** A unit as configurations name it. */
export type Unit = (typeof units)[keyof typeof units];

/** Params of the cloudwatch adapter (adapters.md 4.9), and what it has besides: where AWS is, and the size of calls. */
export const cloudwatchConfig = s.message({
  namespace: s.string('', 'Namespace of the metrics.'),
  metricInfo: s.map(
    s.message({ unit: s.enum(units, 'None', 'What the values are measured in.') }),
    new Map(),
    'One entry for each metric instance that rules send here, by its qualified name.',
  ),
  metricsPerCall: s.int32(20, 'How many metrics one call may have, 1 to 1000; AWS charges by the call.'),
  logGroupName: s.string('', 'The log group, which must exist.'),
  logStreamName: s.string('', 'The log stream of the group, which must exist.'),
  logs: s.map(
    s.message({ payloadTemplate: s.string('', 'Go template of the message; an access log line when blank.') }),
    new Map(),
    'The log instances that are sent, by their qualified names.',
  ),
  region: s.string('', 'AWS region; the one of the environment or of the shared AWS configuration when empty.'),
  endpoint: s.string('', 'URL that takes the place of those of both services.'),
});

export type CloudwatchConfig = Infer<typeof cloudwatchConfig>;
