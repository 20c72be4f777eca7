import { Duration, type Infer, s } from 'fairlead/sdk';

const maxAmount = s.int64(0n, 'How much there is.');
const validDuration = s.duration(
  Duration.zero,
  'Length of the window in which the amount is there; 0 holds what was granted until it is released.',
);

/** How much of each quota there is. */
export const memquotaConfig = s.message({
  quotas: s.list(
    s.message({
      name: s.string('', 'Qualified name of the quota instance, as in "requestcount.quota.istio-system".'),
      maxAmount,
      validDuration,
      rateLimitAlgorithm: s.enum(
        { 0: 'FIXED_WINDOW', 1: 'ROLLING_WINDOW', 2: 'TOKEN_BUCKET' },
        'ROLLING_WINDOW',
        'How a quota with a valid duration comes back.',
      ),
      overrides: s.list(
        s.message({
          dimensions: s.map(s.string(), new Map(), 'What the dimensions of an instance must equal.'),
          maxAmount,
          validDuration,
        }),
        'Other limits for some dimensions; the first that fits counts.',
      ),
    }),
    'A limit for each quota instance that rules send here.',
  ),
  minDeduplicationDuration: s.duration(
    Duration.fromSeconds(1),
    'How long at least the answer to a deduplication id is remembered.',
  ),
});

export type MemquotaConfig = Infer<typeof memquotaConfig>;
export type QuotaConfig = MemquotaConfig['quotas'][number];
export type Algorithm = QuotaConfig['rateLimitAlgorithm'];
