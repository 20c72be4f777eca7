import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { eventually, freePort, peer } from '../support/peer.js';
import { Program } from '../support/program.js';
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
      exemplar_dimension: trace_id
      buckets: { explicit_buckets: { bounds: [ 0.1, 1 ] } }
    - { name: shop_size, description: 'the "size"', instance_name: size.instance.istio-system, kind: GAUGE }
    - { name: shop_count, instance_name: count.instance.istio-system, kind: COUNTER }
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
  params:
    value: response.duration | "0ms"
    dimensions: { path: 'request.path | ""', trace_id: 'request.headers["x-b3-traceid"] | ""' }
---
kind: instance
metadata: { name: size, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: "7", dimensions: {} } }
---
kind: instance
metadata: { name: count, namespace: istio-system }
spec: { compiledTemplate: metric, params: { value: "1", dimensions: {} } }
---
kind: rule
metadata: { name: telemetry, namespace: istio-system }
spec:
  actions: [ { handler: prometheus, instances: [ requests, duration, size, count ] } ]
`;

interface Vector {
  readonly result: readonly { readonly value: readonly [number, string] }[];
}

type Exemplars = readonly {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: string }[];
}[];

/** A Prometheus that scrapes one target every second, for as long as `work` takes. */
async function withPrometheus(
  { folder, target }: { readonly folder: string; readonly target: string },
  work: (ask: <T>(path: string, query: string) => Promise<T>) => Promise<void>,
): Promise<void> {
  const port = await freePort();
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `scrape_configs: [ { job_name: fairlead, scrape_interval: 1s, static_configs: [ { targets: [ "${target}" ] } ] } ]\n`,
  );
  const prometheus = new Program('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
  ]);
  try {
    await work(async <T>(path: string, query: string) => {
      prometheus.assertRunning();
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}${encodeURIComponent(query)}`, {
        signal: AbortSignal.timeout(60_000),
      });
      return ((await response.json()) as { data: T }).data;
    });
  } finally {
    await prometheus.stop();
  }
}

describe('a real Prometheus', () => {
  const folder = tempFolder({ 'config.yaml': config });
  // Not the one that is watched.
  const scraper = tempFolder();
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
      const headers = `request.headers=x-b3-traceid:${i}bf92f3577b34da6`;
      const { code, stderr } = await runCli([
        ...['report', '-m', address!, '-a', attributes],
        ...['--stringmap_attributes', headers],
      ]);
      assert.equal(code, 0, stderr);
    }
    return { metrics: metrics!, monitoring: monitoring! };
  })();

  it(
    'scrapes the values that were reported, and the trace they came from',
    peer('prometheus', 'apt-get install prometheus'),
    async () => {
      const { metrics } = await started;
      await withPrometheus({ folder: scraper, target: metrics }, async (ask) => {
        const query = async (text: string): Promise<string | undefined> =>
          (await ask<Vector>('query?query=', text)).result[0]?.value[1];
        assert.equal(await eventually(() => query('istio_shop_requests_total{code="503"}')), '3');
        assert.equal(await query('istio_shop_duration_seconds_sum'), '0.75');
        assert.equal(await query('istio_shop_duration_seconds_bucket{le="0.1"}'), '0');
        assert.equal(await query('istio_shop_duration_seconds_bucket{le="1"}'), '3');
        assert.equal(await query(String.raw`istio_shop_requests_total{path="\"/odd\\path\n\""}`), '3');
        assert.equal(await query('istio_shop_size'), '7');
        assert.equal(await query('istio_shop_count'), '3', 'a counter keeps its name in OpenMetrics');
        assert.equal(await query('up'), '1');
        const found = await ask<Exemplars>('query_exemplars?query=', 'istio_shop_duration_seconds_bucket');
        assert.deepEqual(
          found.map(({ seriesLabels, exemplars }) => [seriesLabels['le'], exemplars.map((one) => one.labels)]),
          [['1', [{ trace_id: '2bf92f3577b34da6' }]]],
        );
        assert.equal(found[0]?.exemplars[0]?.value, '0.25');
      });
    },
  );

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
