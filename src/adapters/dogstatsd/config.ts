import { type Infer, s } from 'fairlead/sdk';

/** Params of the dogstatsd adapter (adapters.md 4.5). */
export const dogstatsdConfig = s.message({
  address: s.string('localhost:8125', 'Where the Datadog agent listens, host:port.'),
  prefix: s.string('istio.', 'What all names begin with; a dot is put after it.'),
  bufferLength: s.int32(0, 'How many values share a packet; 0 gives each its own.'),
  globalTags: s.map(s.string(), new Map(), 'Tags of all metrics.'),
  // Mixer's default was 0, which sent nothing.
  sampleRate: s.double(1, 'Which part of the values is sent.'),
  metrics: s.map(
    s.message({
      name: s.string('', 'Name of the metric after the prefix; the name of the instance when empty.'),
      type: s.enum({ 0: 'UNKNOWN_TYPE', 1: 'COUNTER', 2: 'GAUGE', 3: 'DISTRIBUTION' }, 'UNKNOWN_TYPE', 'What it is.'),
      tags: s.map(s.string(), new Map(), 'Tags besides the dimensions, which go before them.'),
    }),
    new Map(),
    'What becomes of each metric instance, by its qualified name.',
  ),
});

export type DogstatsdConfig = Infer<typeof dogstatsdConfig>;
export type MetricConfig = DogstatsdConfig['metrics'] extends ReadonlyMap<string, infer M> ? M : never;
