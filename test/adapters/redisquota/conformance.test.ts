import { test } from 'node:test';
import redisquota from 'fairlead/adapters/redisquota';
import { adapterSuite } from 'fairlead/testing';

// Nothing listens there: the suite is about the handler, which must behave without Redis too.
const server = 'redisServerUrl: 127.0.0.1:1';
const limit = 'name: sample.quota.default, maxAmount: 10, validDuration: 1s';

adapterSuite({
  test,
  adapter: redisquota,
  configs: {
    good: [
      `${server}\nquotas: [{ ${limit} }]`,
      `${server}\nfailureMode: LOCAL\nquotas: [{ ${limit}, overrides: [{ dimensions: { count: "7" }, maxAmount: 5 }] }]`,
      `redis_server_url: "redis://user:secret@127.0.0.1:1/2"\nfailure_mode: 1\nquotas: [{ ${limit}, rate_limit_algorithm: TOKEN_BUCKET }]`,
      `${server}\nquotas: [{ ${limit}, rateLimitAlgorithm: 1, bucketDuration: 100ms }]\nconnection_pool_size: 0`,
      `redisServerUrl: "127.0.0.1:1, 127.0.0.1:2"\nmode: CLUSTER\nquotas: [{ ${limit} }]`,
      `${server}\nmode: SENTINEL\nsentinelName: quotas\ntls: {}\nquotas: [{ ${limit} }]`,
    ],
    bad: [
      { params: server, path: 'quotas' },
      { params: `quotas: [{ maxAmount: 1, validDuration: 1s }]`, path: 'quotas[0].name' },
      { params: `quotas: [{ name: q }]`, path: 'quotas[0].validDuration' },
      { params: `quotas: [{ ${limit}, overrides: [{ maxAmount: 1 }] }]`, path: 'quotas[0].overrides[0].dimensions' },
      { params: `quotas: [{ ${limit}, rateLimitAlgorithm: LEAKY }]`, path: 'quotas[0].rateLimitAlgorithm' },
      { params: `quotas: [{ ${limit} }]\nredisServerUrl: http://a`, path: 'redisServerUrl' },
      { params: `quotas: [{ ${limit} }]\nmode: SENTINEL`, path: 'sentinelName' },
      { params: `quotas: [{ ${limit} }]\ntimeout: 0s`, path: 'timeout' },
      { params: `quotas: [{ ${limit} }]\nlocalShare: 2`, path: 'localShare' },
      { params: `quotas: [{ ${limit} }]\ntls: { keyFile: a }`, path: 'tls.certFile' },
    ],
  },
  readme: new URL('../../../src/adapters/redisquota/README.md', import.meta.url),
});
