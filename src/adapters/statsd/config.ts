import { Duration, type Infer, s } from 'fairlead/sdk';

/** Params of the statsd adapter (adapters.md 4.4). */
export const statsdConfig = s.message({
  address: s.string('localhost:8125', 'Where the statsd server listens, host:port.'),
  prefix: s.string('', 'What all names begin with; a dot is put after it.'),
  flushDuration: s.duration(Duration.fromMillis(300), 'How long a line waits for others to share its packet.'),
  flushBytes: s.int32(512, 'How large a packet may become.'),
  samplingRate: s.double(1, 'Which part of the values is sent.'),
  metrics: s.map(
    s.message({
      type: s.enum({ 0: 'UNKNOWN', 1: 'COUNTER', 2: 'GAUGE', 3: 'DISTRIBUTION' }, 'UNKNOWN', 'What it is to statsd.'),
      nameTemplate: s.string('', 'Go template for the name, over the dimensions; the name of the instance when empty.'),
    }),
    new Map(),
    'What becomes of each metric instance, by its qualified name.',
  ),
});

export type StatsdConfig = Infer<typeof statsdConfig>;
export type MetricConfig = StatsdConfig['metrics'] extends ReadonlyMap<string, infer M> ? M : never;
