import { test } from 'node:test';
import zipkin from 'fairlead/adapters/zipkin';
import { adapterSuite } from 'fairlead/testing';

// Nothing listens there: the suite is about the handler, which must behave without a collector too.
const url = 'url: http://127.0.0.1:1/api/v2/spans';

adapterSuite({
  test,
  adapter: zipkin,
  configs: {
    good: [`${url}\nsample_probability: 1`, `${url}\nsampleProbability: 0.5`, url, 'sample_probability: 0'],
    bad: [
      { params: `${url}\nsampleProbability: 1.1`, path: 'sample_probability' },
      { params: `${url}\nsampleProbability: -0.1`, path: 'sample_probability' },
      { params: 'sampleProbability: 1', path: 'url' },
      { params: 'url: zipkin:9411', path: 'url' },
      { params: 'url: ftp://a/b', path: 'url' },
      { params: 'url: /api/v2/spans', path: 'url' },
      { params: `${url}\nendpoint: a`, path: 'endpoint' },
    ],
  },
  readme: new URL('../../../src/adapters/zipkin/README.md', import.meta.url),
});
