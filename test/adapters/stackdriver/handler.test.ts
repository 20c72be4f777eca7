import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import stackdriver from 'fairlead/adapters/stackdriver';
import type { Value } from 'fairlead/sdk';
import { edge, logentry, metric, tracespan } from 'fairlead/templates';
import { decodeParams, fakeCall, fakeEnv, sampleInstance } from 'fairlead/testing';
import { gcpMetadata } from 'google-auth-library';
import { startHttpBackend } from '../../support/http-backend.js';
import { tempFolder } from '../../support/temp-folder.js';
import { refuse } from './google.js';
import { createStackdriver, metricTypes, type Stackdriver } from './support.js';

const m = (info = 'kind: CUMULATIVE, value: INT64', more = ''): string => `metric_info: { m: { ${info} } }\n${more}`;

/** Reports one metric per label value. */
function report({ handler }: Stackdriver, values: readonly Value[], labels: readonly string[] = ['']): void {
  const instances = labels.flatMap((label) =>
    values.map((value) => ({
      name: 'm',
      value,
      dimensions: { label },
      monitoredResourceType: '',
      monitoredResourceDimensions: {},
    })),
  );
  void handler.handleMetric(instances, fakeCall());
}

const labels = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => String(index));

describe('stackdriver', () => {
  const folder = tempFolder();
  const create = (t: TestContext, params: string): Promise<Stackdriver> =>
    createStackdriver(t, folder, { params, types: { m: 'INT64' } });

  it('serves what Mixer sent there', () => {
    assert.deepEqual(stackdriver.templates, [edge, logentry, metric, tracespan]);
  });

  it('writes what has come together after each interval', async (t) => {
    const built = await create(t, m(undefined, 'push_interval: 10s\nmesh_uid: mesh'));
    const { google, env, until } = built;
    report(built, [1n, 2n]);
    await env.clock.advance(9_999);
    assert.equal(google.calls.length, 0);
    await until(() => google.series.length === 1, 1);
    const [{ metric: name, points } = {}] = google.series;
    assert.deepEqual(name, { type: 'custom.googleapis.com/m', labels: { label: '', mesh_uid: 'mesh' } });
    assert.deepEqual(points[0].value, { int64Value: '3' });
    await env.clock.advance(60_000);
    assert.equal(google.calls.length, 1);
    assert.deepEqual(google.violations, []);
  });

  it('spreads batches of 200 over the interval, one minute unless told', async (t) => {
    const built = await create(t, m());
    const { google, env, until } = built;
    report(built, [1n], labels(450));
    await env.clock.advance(60_000);
    await until(() => google.series.length === 200, 0);
    await env.clock.advance(19_999);
    assert.equal(google.series.length, 200);
    await until(() => google.series.length === 400, 1);
    await until(() => google.series.length === 450, 1000);
    assert.equal(google.calls.length, 3);
    assert.deepEqual(google.violations, []);
  });

  it('writes at once beyond 10,000 series', async (t) => {
    const built = await create(t, m());
    report(built, [1n], labels(10_000));
    await built.until(() => built.google.series.length === 200, 0);
    await built.close();
    assert.equal(built.google.series.length, 10_000);
    assert.deepEqual(built.google.violations, []);
  });

  it('takes no point of a series twice within 5 seconds, whatever the interval is and however many there are', async (t) => {
    const built = await create(t, m(undefined, 'push_interval: 1s'));
    const { google, env, until } = built;
    report(built, [1n], labels(10_000));
    await env.clock.advance(4000);
    report(built, [1n], [...labels(10_000), 'more']);
    assert.equal(env.measured.get('values_dropped'), 1);
    await env.clock.advance(500);
    report(built, [1n]);
    assert.equal(env.measured.get('values_dropped'), 2);
    await env.clock.advance(500);
    await until(() => google.series.length >= 10_000, 100);
    await built.close();
    assert.equal(google.series.length, 20_000);
    assert.deepEqual(google.violations, []);
  });

  it('brings out everything when it is closed, once', async (t) => {
    const built = await create(t, m());
    report(built, [1n], labels(450));
    await built.env.clock.advance(60_000);
    report(built, [5n]);
    await built.close();
    await built.handler.close?.();
    assert.equal(built.google.series.length, 451);
    assert.deepEqual(built.google.violations, []);
  });

  it('sends again only the series that may be taken later, three times', async (t) => {
    const built = await create(t, m(undefined, 'push_interval: 5s'));
    const { google, env, until } = built;
    const bodies: (readonly string[])[] = [];
    google.fail = (_, { timeSeries }) => {
      bodies.push((timeSeries as { metric: { labels: { label: string } } }[]).map((one) => one.metric.labels.label));
      const error = (index: number, code: number) => ({
        '@type': 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesError',
        timeSeries: timeSeries[index],
        status: { code },
      });
      return bodies.length === 1
        ? refuse(500, 'INTERNAL', error(0, 14), error(1, 3))
        : refuse(503, 'UNAVAILABLE', error(0, 14));
    };
    report(built, [1n], ['a', 'b', 'c']);
    const dropped = (reason: string) => env.measured.get(`delivery_dropped{queue="metrics",reason="${reason}"}`) ?? 0;
    await until(() => dropped('retries_exhausted') === 1);
    assert.deepEqual(bodies, [['a', 'b', 'c'], ['a'], ['a'], ['a']]);
    assert.equal(dropped('rejected'), 1);
    assert.equal(env.measured.get('delivery_sent{queue="metrics"}'), 1);
  });

  it('says which values are of no use, and takes the others', async (t) => {
    const built = await create(t, m());
    assert.throws(() => report(built, [NaN, 1n, 'x']), {
      message: 'm: the value must be finite; m: the value must be a number or a duration',
    });
    await built.close();
    assert.deepEqual(built.google.series[0]?.['points'][0].value, { int64Value: '1' });
  });

  it('creates sinks, and changes those that are there as far as it was told', async (t) => {
    const params = `log_info:
  a: { sink_info: { id: new, destination: d, filter: f, UniqueWriterIdentity: true } }
  b: { sink_info: { id: old, destination: d, filter: f, UpdateFilter: true } }
  c: { sink_info: { id: kept, destination: d, filter: f } }`;
    const { google, until } = await create(t, params);
    google.sinks.set('old', { name: 'old', destination: 'then', filter: 'then' });
    google.sinks.set('kept', { name: 'kept', destination: 'then', filter: 'then' });
    await until(() => google.calls.length === 4, 100);
    assert.deepEqual(Object.fromEntries(google.sinks), {
      new: { name: 'new', destination: 'd', filter: 'f', unique: 'true' },
      old: { name: 'old', destination: 'then', filter: 'f' },
      kept: { name: 'kept', destination: 'then', filter: 'then' },
    });
    assert.deepEqual(google.violations, []);
  });

  it('drops edges and counts them', async (t) => {
    const { handler, env } = await create(t, '');
    void handler.handleEdge([sampleInstance(edge), sampleInstance(edge)], fakeCall());
    assert.equal(env.measured.get('edges_dropped'), 2);
  });

  it('takes project, cluster and location from the machine', async (t) => {
    const server = await startHttpBackend();
    const before = process.env['GCE_METADATA_HOST'];
    process.env['GCE_METADATA_HOST'] = server.url;
    gcpMetadata.setGCPResidency(true);
    t.after(async () => {
      gcpMetadata.setGCPResidency(false);
      if (before === undefined) delete process.env['GCE_METADATA_HOST'];
      else process.env['GCE_METADATA_HOST'] = before;
      await server.close();
    });
    server.answer = ({ path }) => ({
      body: path.endsWith('project-id') ? 'machine' : path.slice(path.lastIndexOf('/') + 1),
      headers: { 'metadata-flavor': 'Google' },
    });
    const built = await create(t, m());
    const instance = sampleInstance(metric, {
      name: 'm',
      value: 1n,
      monitoredResourceType: 'k8s_container',
      monitoredResourceDimensions: { project_id: '', location: '', cluster_name: '', pod_name: '' },
    });
    void built.handler.handleMetric([instance], fakeCall());
    await built.close();
    assert.deepEqual(built.google.series[0]?.['resource'].labels, {
      project_id: 'p',
      location: 'cluster-location',
      cluster_name: 'cluster-name',
      pod_name: '',
    });
  });

  it('is not built without a project when there is something to send', async () => {
    const env = fakeEnv();
    const { config } = decodeParams(stackdriver, `endpoint: http://127.0.0.1:1\n${m()}`);
    await assert.rejects(async () => stackdriver.build({ name: 'h', config, types: metricTypes({}), env }), {
      message: 'project_id: Project ID not provided and could not be determined',
    });
  });

  it('tells once which instances have no entry', async (t) => {
    const { env } = await createStackdriver(t, folder, { params: '', types: { other: 'INT64' } });
    const lines = env.logged.map(({ message, fields }) => ({ message, fields }));
    assert.deepEqual(lines, [
      { message: 'no metric_info for this metric, it is skipped', fields: { metric: 'other' } },
    ]);
  });
});
