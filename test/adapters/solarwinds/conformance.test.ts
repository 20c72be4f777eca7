import { test } from 'node:test';
import solarwinds from 'fairlead/adapters/solarwinds';
import { adapterSuite } from 'fairlead/testing';

// Nobody listens there: the suite is about the handler, which must behave without both.
const accounts = 'appopticsAccessToken: t\nappopticsUrl: http://127.0.0.1:1\npapertrailAddress: 127.0.0.1:1';
const metrics = 'metrics: { sample.metric.default: { labelNames: [text, address, labels] } }';
const logs = 'logs: { sample.logentry.default: { payloadTemplate: "{{.text}} {{.count}}" } }';

adapterSuite({
  test,
  adapter: solarwinds,
  configs: {
    good: [
      `${accounts}\n${metrics}\n${logs}`,
      `${accounts}\nmetrics: { sample.metric.default: {} }\nlogs: { sample.logentry.default: {} }`,
      'papertrail_url: logs5.papertrailapp.com:12345\npapertrail_local_retention_duration: 24h',
      'appoptics_batch_size: 1000',
      metrics,
    ],
    bad: [
      { params: 'appopticsBatchSize: -1', path: 'appopticsBatchSize' },
      { params: 'appopticsBatchSize: 1001', path: 'appopticsBatchSize' },
      { params: 'appopticsUrl: api.appoptics.com', path: 'appopticsUrl' },
      { params: 'papertrailUrl: logs5.papertrailapp.com', path: 'papertrailUrl' },
      { params: 'papertrailUrl: logs5.papertrailapp.com:99999', path: 'papertrailUrl' },
      { params: 'papertrailUrl: "127.0.0.1:514"', path: 'papertrailUrl' },
      { params: 'papertrailAddress: nowhere', path: 'papertrailAddress' },
      { params: 'papertrailAddress: "a:0"', path: 'papertrailAddress' },
      { params: 'logs: { a.b: { payloadTemplate: "{{.a" } }', path: 'logs["a.b"].payloadTemplate' },
      { params: 'logs: { a: { payloadTemplate: "<a href={{.a}}>" } }', path: 'logs["a"].payloadTemplate' },
      {
        params: `metrics: { m: { labelNames: [${Array.from({ length: 51 }, (_, i) => `l${i}`).join(',')}] } }`,
        path: 'metrics["m"].labelNames',
      },
    ],
  },
  readme: new URL('../../../src/adapters/solarwinds/README.md', import.meta.url),
});
