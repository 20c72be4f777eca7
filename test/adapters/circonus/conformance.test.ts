import { test } from 'node:test';
import circonus from 'fairlead/adapters/circonus';
import { adapterSuite } from 'fairlead/testing';

// Nothing listens there: the suite is about the handler, which must behave without the check too.
const url = 'submissionUrl: http://127.0.0.1:1/module/httptrap/x/secret';
const entry = (type: string) => `metrics: [{ name: sample.metric.default, type: ${type} }]`;

adapterSuite({
  test,
  adapter: circonus,
  configs: {
    good: [
      `${url}\n${entry('COUNTER')}`,
      `${url}\n${entry('GAUGE')}\nsubmission_interval: 1s`,
      `submission_url: https://127.0.0.1:1\n${entry('3')}`,
    ],
    bad: [
      { params: entry('COUNTER'), path: 'submissionUrl' },
      { params: `submissionUrl: trap.example.com/x\n${entry('COUNTER')}`, path: 'submissionUrl' },
      { params: `${url}\n${entry('COUNTER')}\nsubmissionInterval: 999ms`, path: 'submissionInterval' },
      { params: `${url}\n${entry('UNKNOWN')}`, path: 'metrics[0].type' },
      { params: `${url}\nmetrics: [{ type: GAUGE }]`, path: 'metrics[0].name' },
      { params: `${url}\nmetrics: [{ name: a, type: 1 }, { name: a, type: 2 }]`, path: 'metrics[1].name' },
    ],
  },
  readme: new URL('../../../src/adapters/circonus/README.md', import.meta.url),
});
