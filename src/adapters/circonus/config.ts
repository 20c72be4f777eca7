import { Duration, type Infer, s } from 'fairlead/sdk';

/** Which metrics there are, and the check that takes them. */
export const circonusConfig = s.message({
  submissionUrl: s.string('', 'URL of the HTTPTrap check, with its secret.'),
  submissionInterval: s.duration(Duration.fromMillis(10_000), 'How often metrics are sent; at least 1s.'),
  metrics: s.list(
    s.message({
      name: s.string('', 'Qualified name of the metric instance, as in "requestcount.instance.istio-system".'),
      type: s.enum({ 0: 'UNKNOWN', 1: 'COUNTER', 2: 'GAUGE', 3: 'DISTRIBUTION' }, 'UNKNOWN', 'What is made of it.'),
    }),
    'One entry for each metric instance that rules send here.',
  ),
});

export type CirconusConfig = Infer<typeof circonusConfig>;
