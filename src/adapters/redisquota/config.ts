import { Duration, type Infer, s } from 'fairlead/sdk';

const maxAmount = s.int64(0n, 'How much there is in a window.');

/** How much of each quota there is, and the Redis that counts it. */
export const redisquotaConfig = s.message({
  quotas: s.list(
    s.message({
      name: s.string('', 'Qualified name of the quota instance, as in "requestcount.quota.istio-system".'),
      maxAmount,
      validDuration: s.duration(Duration.zero, 'Length of the window.'),
      bucketDuration: s.duration(Duration.zero, 'Step in which a rolling window forgets.'),
      rateLimitAlgorithm: s.enum(
        { 0: 'FIXED_WINDOW', 1: 'ROLLING_WINDOW', 2: 'TOKEN_BUCKET' },
        'FIXED_WINDOW',
        'How the amount comes back.',
      ),
      overrides: s.list(
        s.message({
          dimensions: s.map(s.string(), new Map(), 'Dimensions that an instance must have, and what they must equal.'),
          maxAmount,
        }),
        'Other amounts for some dimensions; the first that fits counts.',
      ),
    }),
    'A limit for each quota instance that rules send here.',
  ),
  redisServerUrl: s.string('localhost:6379', 'Address or addresses: host:port, redis:// or rediss://.'),
  connectionPoolSize: s.int64(10n, "Read for Mixer's configurations; one connection to each server carries all calls."),
  mode: s.enum({ 0: 'SINGLE', 1: 'SENTINEL', 2: 'CLUSTER' }, 'SINGLE', 'What the addresses are addresses of.'),
  sentinelName: s.string('', 'Name of the master that the sentinels watch.'),
  username: s.string('', 'User; that of the URL when empty.'),
  passwordFile: s.string('', 'File that holds the password; the password of the URL when empty.'),
  tls: s.optional(
    s.message({
      caFile: s.string('', 'Certificates to trust, in PEM; those of the system when empty.'),
      certFile: s.string('', 'Certificate of this client, in PEM.'),
      keyFile: s.string('', 'Key of that certificate, in PEM.'),
      serverName: s.string('', 'Name that the server must prove; the host of the address when empty.'),
    }),
    'Encrypts the connection, as rediss:// does.',
  ),
  timeout: s.duration(Duration.fromMillis(250), 'How long to wait for Redis.'),
  failureMode: s.enum({ 0: 'CLOSED', 1: 'OPEN', 2: 'LOCAL' }, 'CLOSED', 'What to answer without Redis.'),
  localShare: s.double(0.5, 'Part of each amount that this process may grant by itself in the failure mode LOCAL.'),
});

export type RedisquotaConfig = Infer<typeof redisquotaConfig>;
export type QuotaConfig = RedisquotaConfig['quotas'][number];
