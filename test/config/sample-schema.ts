import { Duration } from '../../src/util/duration.js';
import { type Infer, s } from '../../src/util/schema.js';

/** A schema with a field of each kind, for tests of decoding. */
export const sampleSchema = s.message(
  {
    name: s.string(),
    enabled: s.bool(true),
    count: s.int32(3),
    maxAmount: s.int64(7n),
    ratio: s.double(0.5),
    every: s.duration(Duration.fromSeconds(10)),
    shape: s.enum({ 0: 'FLAT', 1: 'ROUND' }, 'FLAT'),
    names: s.list(s.string()),
    labels: s.map(s.string(), new Map([['from', 'default']])),
    child: s.message({ name: s.string('nobody') }),
    children: s.list(s.message({ name: s.string() })),
    maybe: s.optional(s.message({ name: s.string() })),
    left: s.string(),
    right: s.string(),
    any: s.any(),
  },
  { oneofs: [['left', 'right']] },
);

export type Sample = Infer<typeof sampleSchema>;
