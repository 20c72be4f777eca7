import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { runCli, RunningCli } from '../support/cli-process.js';
import { tempFolder } from '../support/temp-folder.js';

// Istio's standard metrics as the dashboards of others know them (adapters.md 6), without the common prefix `istio_`.
const peers = ['source', 'destination'].flatMap((side) =>
  ['app', 'principal', 'workload', 'workload_namespace', 'version'].map((what) => `${side}_${what}`),
);
const common = [
  ...['reporter', ...peers, 'destination_service', 'destination_service_name', 'destination_service_namespace'],
  ...['connection_security_policy', 'response_flags'],
];
const http = [
  ...common,
  ...['request_protocol', 'response_code', 'permissive_response_code', 'permissive_response_policyid'],
];
const seconds = '0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 +Inf';
const bytes = '1 10 100 1000 10000 100000 1e+06 1e+07 1e+08 +Inf';
const standard: readonly (readonly [name: string, type: string, labels: readonly string[], bounds?: string])[] = [
  ['request_bytes', 'histogram', http, bytes],
  ['request_duration_seconds', 'histogram', http, seconds],
  ['requests_total', 'counter', http],
  ['response_bytes', 'histogram', http, bytes],
  ['tcp_connections_closed_total', 'counter', common],
  ['tcp_connections_opened_total', 'counter', common],
  ['tcp_received_bytes_total', 'counter', common],
  ['tcp_sent_bytes_total', 'counter', common],
];

function startMixer(folder: string, ...flags: readonly string[]): RunningCli {
  return new RunningCli([
    'mixer',
    ...['--configStoreURL', `fs://${folder}`, '--address', 'tcp://127.0.0.1:0'],
    ...['--monitoringPort', '0', '--prometheusAddress', '127.0.0.1:0', ...flags],
  ]);
}

async function report(mixer: RunningCli, ...sets: readonly string[]): Promise<void> {
  const [, address = ''] = await mixer.waitFor(/serving Check and Report on tcp:\/\/(\S+)/);
  for (const attributes of sets) {
    const { code, stderr } = await runCli(['report', '-m', address, '-a', attributes]);
    assert.equal(code, 0, stderr);
  }
}

async function scrape(mixer: RunningCli): Promise<string[]> {
  const [, url = ''] = await mixer.waitFor(/serving metrics on (http:\S+)/);
  return (await (await fetch(url)).text()).split('\n');
}

const times = 'request.time=2026-01-01T00:00:00Z,response.time=2026-01-01T00:00:01Z';

describe('fairlead mixer --defaultTelemetry', () => {
  const mixer = startMixer(tempFolder(), '--defaultTelemetry');
  after(() => mixer.stop());

  it('has the names, types, labels and buckets that Istio had, without a cluster and without configuration', async () => {
    await report(
      mixer,
      'context.protocol=grpc,response.code=200',
      'context.protocol=tcp,connection.event=open',
      'context.protocol=tcp,connection.event=close',
    );
    const lines = await scrape(mixer);
    const types = lines.filter((line) => line.startsWith('# TYPE '));
    assert.deepEqual(
      types,
      standard.map(([name, type]) => `# TYPE istio_${name} ${type}`),
    );
    for (const [name, type, labels, bounds] of standard) {
      const suffix = type === 'histogram' ? '_bucket' : '';
      const series = lines.filter((line) => line.startsWith(`istio_${name}${suffix}{`));
      const found = series.map((line) =>
        [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value]),
      );
      assert.ok(found.length > 0, name);
      for (const pairs of found) {
        assert.deepEqual(
          pairs
            .map(([label]) => label)
            .filter((label) => label !== 'le')
            .sort(),
          [...labels].sort(),
          name,
        );
      }
      const les = found.flatMap((pairs) => pairs.filter(([label]) => label === 'le').map(([, value]) => value));
      assert.equal(les.join(' '), bounds ?? '', name);
    }
  });
});

describe('a configuration over the default telemetry', () => {
  const own = `
kind: rule
metadata: { name: promhttp, namespace: mesh }
spec:
  match: context.protocol == "http" && (request.host | "") == "measured"
  actions: [ { handler: prometheus, instances: [ requestcount ] } ]
`;
  const folder = tempFolder({ 'own.yaml': own });
  const mixer = startMixer(folder, '--defaultTelemetry=metrics,accesslog', '--configDefaultNamespace', 'mesh');
  after(() => mixer.stop());

  it('replaces what has the same name, uses the rest, and is where the flag says', async () => {
    await report(mixer, `context.protocol=http,request.host=measured,${times}`, `context.protocol=http,${times}`);
    const samples = (await scrape(mixer)).filter((line) => /^istio_\w+\{/.test(line));
    assert.equal(samples.length, 1);
    assert.match(samples[0] ?? '', /^istio_requests_total\{.*\} 1$/);
    await mixer.waitFor(/"instance":"accesslog\.instance\.mesh"[\s\S]*"instance":"accesslog\.instance\.mesh"/);
  });
});

it('fairlead mixer refuses a part of the telemetry that there is not', async () => {
  const { code, stderr } = await runCli(['mixer', '--configStoreURL', 'fs://.', '--defaultTelemetry=metrics,traces']);
  assert.equal(code, 2);
  assert.match(stderr, /give some of metrics, kubernetes, accesslog, separated by commas/);
});
