import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually, freePort, peer } from '../support/peer.js';
import { runCli, RunningCli } from '../support/cli-process.js';
import { tempFolder } from '../support/temp-folder.js';

const config = `
kind: handler
metadata: { name: prometheus, namespace: istio-system }
spec:
  compiledAdapter: prometheus
  params:
    metrics:
    - name: shop_requests_total
      instance_name: requests.instance.istio-system
      kind: COUNTER
      label_names: [ path, code ]
    - name: shop_duration_seconds
      instance_name: duration.instance.istio-system
      kind: DISTRIBUTION
      label_names: [ path ]
      buckets: { explicit_buckets: { bounds: [ 0.1, 1 ] } }
---
kind: instance
metadata: { name: requests, namespace: istio-system }
spec:
  compiledTemplate: metric
  params: { value: "1", dimensions: { path: 'request.path | ""', code: response.code | 200 } }
---
kind: instance
metadata: { name: duration, namespace: istio-system }
spec:
  compiledTemplate: metric
  params: { value: 'response.duration | "0ms"', dimensions: { path: 'request.path | ""' } }
---
kind: rule
metadata: { name: telemetry, namespace: istio-system }
spec:
  actions: [ { handler: prometheus, instances: [ requests, duration ] } ]
`;

interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

describe('a real Prometheus', () => {
  const folder = tempFolder({ 'config.yaml': config });
  const mixer = new RunningCli([
    'mixer',
    ...['--configStoreURL', `fs://${folder}`, '--address', 'tcp://127.0.0.1:0'],
    ...['--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0'],
  ]);
  after(() => mixer.stop());

  const started = (async () => {
    const [, address] = await mixer.waitFor(/serving Check and Report on tcp:\/\/(\S+)/);
    const [, metrics] = await mixer.waitFor(/metrics on http:\/\/(\S+?)(?:\/metrics)?\s/);
    const [, monitoring] = await mixer.waitFor(/monitoring on http:\/\/(\S+)/);
    const attributes = 'request.path="/odd\\path\n",response.code=503,response.duration=250ms';
    for (let i = 0; i < 3; i++) {
      const { code, stderr } = await runCli(['report', '-m', address!, '-a', attributes]);
      assert.equal(code, 0, stderr);
    }
    return { metrics: metrics!, monitoring: monitoring! };
  })();

  it('scrapes the values that were reported', peer('prometheus', 'apt-get install prometheus'), async () => {
    const { metrics } = await started;
    const port = await freePort();
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `scrape_configs: [ { job_name: fairlead, scrape_interval: 1s, static_configs: [ { targets: [ "${metrics}" ] } ] } ]\n`,
    );
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    try {
      const query = async (text: string): Promise<string | undefined> => {
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`);
        const { data } = (await response.json()) as Answer;
        return data.result[0]?.value[1];
      };
      assert.equal(await eventually(() => query('istio_shop_requests_total{code="503"}')), '3');
      assert.equal(await query('istio_shop_duration_seconds_sum'), '0.75');
      assert.equal(await query('istio_shop_duration_seconds_bucket{le="0.1"}'), '0');
      assert.equal(await query('istio_shop_duration_seconds_bucket{le="1"}'), '3');
      assert.equal(await query(String.raw`istio_shop_requests_total{path="\"/odd\\path\n\""}`), '3');
    } finally {
      prometheus.kill('SIGTERM');
      await once(prometheus, 'exit');
    }
  });

  it(
    'finds nothing to complain about in either exposition',
    peer('promtool', 'apt-get install prometheus'),
    async () => {
      const { metrics, monitoring } = await started;
      for (const address of [metrics, monitoring.replace(/^:/, '127.0.0.1:')]) {
        const text = await (await fetch(`http://${address}/metrics`)).text();
        const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
        assert.ok(status === 0 || status === 3, `${address}: ${stderr}`);
      }
    },
  );
});
