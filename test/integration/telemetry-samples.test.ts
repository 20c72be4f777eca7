import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fluentd from 'fairlead/adapters/fluentd';
import prometheus from 'fairlead/adapters/prometheus';
import stdio from 'fairlead/adapters/stdio';
import { templates } from 'fairlead/templates';
import { runScenario, type ScenarioResult } from 'fairlead/testing';
import { startForwardServer } from '../support/forward-server.js';
import { sharedMaterial } from '../support/shared-material.js';

const samples = sharedMaterial('istio-samples');
const bookinfo = (name: string): string => `samples/bookinfo/telemetry/${name}.yaml`;
const testdata = (name: string): string => `mixer/testdata/config/${name}.yaml`;

const read = (...files: readonly string[]): string =>
  files.map((file) => readFileSync(`${samples.path}/${file}`, 'utf8')).join('\n---\n');

/** Where the samples write to the standard output, a file that can be looked at afterwards. */
const toFile = (config: string, name: string): string =>
  config.replace(/^( *)outputAsJson: true$/m, `$&\n$1logStream: FILE\n$1outputPath: "\${DIR}/${name}"`);

const scenarioFile = (scenario: string, name: string): string =>
  readFileSync(new URL(`../scenarios/${scenario}/${name}`, import.meta.url), 'utf8');

const adapters = [fluentd, prometheus, stdio];

// The handler that Mixer's own test configuration has for both logs is in one of its files.
const stdioHandler = `
kind: handler
metadata: { name: stdio, namespace: istio-system }
spec:
  compiledAdapter: stdio
  params:
    outputAsJson: true
`;

/** Scenarios that say what comes of the samples, and the files of Istio that they stand for. */
const cases: readonly (readonly [scenario: string, config: () => string])[] = [
  ['bookinfo-telemetry-metrics', () => read(bookinfo('metrics'))],
  ['bookinfo-telemetry-metrics-legacy', () => read(bookinfo('metrics-crd'))],
  ['bookinfo-telemetry-tcp', () => read(bookinfo('tcp-metrics'))],
  ['bookinfo-telemetry-tcp-legacy', () => read(bookinfo('tcp-metrics-crd'))],
  ['bookinfo-telemetry-log', () => toFile(read(bookinfo('log-entry')), 'new.log')],
  ['bookinfo-telemetry-log-legacy', () => toFile(read(bookinfo('log-entry-crd')), 'new.log')],
  ['testdata-metrics', () => read(testdata('prometheus'), testdata('metrics'))],
  ['testdata-tcp-metrics', () => read(testdata('prometheus'), testdata('tcpmetrics'))],
  ['testdata-access-log', () => toFile(read(testdata('accesslog')), 'access.log')],
  ['testdata-tcp-access-log', () => toFile(`${stdioHandler}---\n${read(testdata('tcp_accesslog'))}`, 'access.log')],
];

describe("Istio's samples of telemetry", { skip: samples.skip }, () => {
  for (const [scenario, config] of cases) {
    it(`give what the scenario says: ${scenario}`, async () => {
      const calls = scenarioFile(scenario, 'calls.yaml');
      const want = JSON.parse(scenarioFile(scenario, 'want.json')) as ScenarioResult;
      const { metrics, files } = await runScenario({ config: config(), calls, adapters, templates });
      assert.deepEqual({ metrics, files }, { metrics: want.metrics, files: want.files });
      assert.ok(metrics.length + Object.keys(files).length > 0);
    });
  }

  for (const name of ['fluentd-istio', 'fluentd-istio-crd']) {
    it(`arrive at a forward server: ${name}`, async () => {
      const server = await startForwardServer();
      try {
        const config = read(bookinfo(name)).replace('fluentd-es.logging:24224', server.address);
        const calls = '- report: [{ request.time: 2026-01-01T00:00:01.25Z, response.code: 200, source.user: ann }]';
        const { answers, diagnostics } = await runScenario({ config, calls, adapters, templates });
        assert.deepEqual([answers, diagnostics], [['reported'], []]);
        const [event] = await server.received(1);
        const unknown = { source: 'unknown', destination: 'unknown', responseSize: 0, latency: '0s' };
        assert.equal(event?.time, Date.UTC(2026, 0, 1, 0, 0, 1) / 1000);
        assert.deepEqual(event.record, { ...unknown, user: 'ann', severity: 'info', responseCode: 200 });
      } finally {
        await server.close();
      }
    });
  }
});
