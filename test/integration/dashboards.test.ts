import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { connectMixer } from '../../src/cli/client/connect.js';
import { runScenario, type ScenarioResult } from '../../src/cli/demo/run-traffic.js';
import { scenarios } from '../../src/cli/demo/scenarios.js';
import { RunningCli } from '../support/cli-process.js';
import { changesBetween, changesOf } from '../support/demo-changes.js';
import { type Answer, ExpectedSeries, keyOf, share } from '../support/expected-series.js';
import { eventually, peer } from '../support/peer.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const prometheus = peer('prometheus', 'apt-get install prometheus');
const promtool = peer('promtool', 'apt-get install prometheus');

interface Query {
  readonly dashboard: string;
  readonly title: string;
  readonly legend: string;
  readonly text: string;
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string; query: string }[] };
}

const names = readdirSync(join(root, 'dashboards')).filter((name) => name.endsWith('.json'));
const dashboards = new Map(
  names.map((name) => [
    name.replace('.json', ''),
    JSON.parse(readFileSync(join(root, 'dashboards', name), 'utf8')) as Dashboard,
  ]),
);
const queries: Query[] = [...dashboards].flatMap(([dashboard, { panels }]) =>
  panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ dashboard, title, legend: legendFormat, text: expr })),
  ),
);

/** What a user picks at the top of a dashboard. */
type Picks = Readonly<Record<string, string>>;

const host = (service: string): string => `${service}.shop.svc.cluster.local`;
const picks: Readonly<Record<string, { readonly http: readonly Picks[]; readonly tcp: Picks }>> = {
  mesh: { http: [{}], tcp: {} },
  mixer: { http: [{}], tcp: {} },
  service: {
    http: [
      { reporter: 'destination', service: host('payments') },
      { reporter: 'destination', service: host('storefront') },
      { reporter: 'source', service: 'rates.example.com' },
    ],
    tcp: { reporter: 'destination', service: host('ledger-db') },
  },
  workload: {
    http: [{ namespace: 'shop', workload: 'storefront-v1' }],
    tcp: { namespace: 'shop', workload: 'ledger-db-v1' },
  },
};

type Where = Readonly<Record<string, string | RegExp>>;
interface Expectation {
  readonly by: readonly string[];
  readonly answer: Answer;
}
const expect = (by: readonly string[], make: (by: readonly string[]) => Answer): Expectation => ({
  by,
  answer: make(by),
});

const [requests, duration] = ['istio_requests_total', 'istio_request_duration_seconds'];
const succeeded = /^[^5]/;

/** HTTP panels that several dashboards have, by a selector. */
function http(all: ExpectedSeries, where: Where) {
  const rate = (by: readonly string[], more: Where = {}) =>
    expect(by, () => all.rate(requests, by, { ...where, ...more }));
  const success = (by: readonly string[]) =>
    expect(by, () =>
      share(all.rate(requests, by, { ...where, response_code: succeeded }), all.rate(requests, by, where)),
    );
  const quantile = (q: number, by: readonly string[], name = duration) =>
    expect(by, () => all.quantile(q, name, by, where));
  return { rate, success, quantile };
}

function tcp(all: ExpectedSeries, by: readonly string[], where: Where) {
  return (what: string): Expectation => expect(by, () => all.rate(`istio_tcp_${what}_total`, by, where));
}

const service = ['destination_service'];
const caller = ['source_workload', 'source_workload_namespace'];

/** What the panels must show, by title and legend. */
const panels: Readonly<Record<string, (all: ExpectedSeries, picks: Picks) => Readonly<Record<string, Expectation>>>> = {
  mesh: (all) => {
    const { rate, success, quantile } = http(all, { reporter: 'destination' });
    const outside = http(all, { reporter: 'source', destination_workload: 'unknown' });
    const connections = tcp(all, service, { reporter: 'destination' });
    const policies = ['destination_service', 'permissive_response_policyid', 'permissive_response_code'];
    return {
      'Requests/requests': rate([]),
      'Success/without 5xx': success([]),
      'Refused/4xx': rate([], { response_code: /^4/ }),
      'Failed/5xx': rate([], { response_code: /^5/ }),
      'Requests by service/{{destination_service}}': rate(service),
      'Success by service/{{destination_service}}': success(service),
      'Time to answer by service/{{destination_service}} p50': quantile(0.5, service),
      'Time to answer by service/{{destination_service}} p90': quantile(0.9, service),
      'Time to answer by service/{{destination_service}} p99': quantile(0.99, service),
      'Requests out of the mesh/{{destination_service}}': outside.rate(service),
      'Requests by security of the connection/{{connection_security_policy}}': rate(['connection_security_policy']),
      'Role-based policies that are being tried out/{{destination_service}} {{permissive_response_policyid}} {{permissive_response_code}}':
        rate(policies, { permissive_response_code: /^(?!none$)/ }),
      'Bytes by service/{{destination_service}} sent': connections('sent_bytes'),
      'Bytes by service/{{destination_service}} received': connections('received_bytes'),
      'Connections by service/{{destination_service}} opened': connections('connections_opened'),
      'Connections by service/{{destination_service}} closed': connections('connections_closed'),
    };
  },
  service: (all, { reporter = '', service: wanted = '' }) => {
    const where = { reporter, destination_service: wanted };
    const { rate, success, quantile } = http(all, where);
    const connections = tcp(all, ['source_workload'], where);
    const mean = share(all.rate(`${duration}_sum`, [], where), all.rate(`${duration}_count`, [], where));
    return {
      'Requests by answer/{{response_code}}': rate(['response_code']),
      'Success/without 5xx': success([]),
      'Time to answer/p50': quantile(0.5, []),
      'Time to answer/p90': quantile(0.9, []),
      'Time to answer/p99': quantile(0.99, []),
      'Time to answer/mean': { by: [], answer: mean },
      'Size/request p90': quantile(0.9, [], 'istio_request_bytes'),
      'Size/response p90': quantile(0.9, [], 'istio_response_bytes'),
      'Requests by caller/{{source_workload}}.{{source_workload_namespace}} {{response_code}}': rate([
        ...caller,
        'response_code',
      ]),
      'Time to answer by caller, p90/{{source_workload}}.{{source_workload_namespace}}': quantile(0.9, caller),
      'Requests by version/{{destination_version}}': rate(['destination_version']),
      'Requests by what the proxy flagged/{{response_flags}}': rate(['response_flags']),
      'Bytes by caller/{{source_workload}} sent': connections('sent_bytes'),
      'Bytes by caller/{{source_workload}} received': connections('received_bytes'),
      'Connections by caller/{{source_workload}} opened': connections('connections_opened'),
      'Connections by caller/{{source_workload}} closed': connections('connections_closed'),
    };
  },
  workload: (all, { namespace = '', workload = '' }) => {
    const incoming = {
      reporter: 'destination',
      destination_workload_namespace: namespace,
      destination_workload: workload,
    };
    const { rate, success, quantile } = http(all, incoming);
    const out = http(all, { reporter: 'source', source_workload_namespace: namespace, source_workload: workload });
    const [bytes, connections] = [tcp(all, ['source_workload'], incoming), tcp(all, [], incoming)];
    return {
      'Incoming requests by answer/{{response_code}}': rate(['response_code']),
      'Incoming requests by caller/{{source_workload}}.{{source_workload_namespace}}': rate(caller),
      'Success of incoming requests/without 5xx': success([]),
      'Time to answer/p50': quantile(0.5, []),
      'Time to answer/p90': quantile(0.9, []),
      'Time to answer/p99': quantile(0.99, []),
      'Outgoing requests by service and answer/{{destination_service}} {{response_code}}': out.rate([
        'destination_service',
        'response_code',
      ]),
      'Time to be answered by service, p90/{{destination_service}}': out.quantile(0.9, service),
      'Bytes by caller/{{source_workload}} sent': bytes('sent_bytes'),
      'Bytes by caller/{{source_workload}} received': bytes('received_bytes'),
      'Connections/opened': connections('connections_opened'),
      'Connections/closed': connections('connections_closed'),
    };
  },
  mixer: (all) => {
    const method = ['grpc_server_method'];
    const latency = (q: number) => expect(method, () => all.quantile(q, 'grpc_io_server_server_latency', method));
    const mean = (name: string, by: readonly string[]) =>
      expect(by, () => share(all.rate(`${name}_sum`, by), all.rate(`${name}_count`, by)));
    const rate = (name: string, by: readonly string[]) => expect(by, () => all.rate(name, by));
    const value = (name: string, by: readonly string[] = []) => expect(by, () => all.value(name, by));
    return {
      'Calls/{{grpc_server_method}} {{grpc_server_status}}': rate('grpc_io_server_completed_rpcs', [
        ...method,
        'grpc_server_status',
      ]),
      'Time to answer a call/{{grpc_server_method}} p50': latency(0.5),
      'Time to answer a call/{{grpc_server_method}} p90': latency(0.9),
      'Time to answer a call/{{grpc_server_method}} p99': latency(0.99),
      'Size of messages, mean/{{grpc_server_method}} received': mean('grpc_io_server_received_bytes_per_rpc', method),
      'Size of messages, mean/{{grpc_server_method}} sent': mean('grpc_io_server_sent_bytes_per_rpc', method),
      'Words that do not exist/{{grpc_server_method}}': rate('mixer_api_unresolved_values_total', method),
      'Calls of adapters/{{adapter}} {{handler}} failed: {{error}}': rate('mixer_runtime_dispatches_total', [
        'adapter',
        'handler',
        'error',
      ]),
      "Duration of adapters' calls, p99/{{adapter}}": expect(['adapter'], (by) =>
        all.quantile(0.99, 'mixer_runtime_dispatch_duration_seconds', by),
      ),
      'Work per operation, mean/matched actions': mean('mixer_dispatcher_destinations_per_request', []),
      'Work per operation, mean/built instances': mean('mixer_dispatcher_instances_per_request', []),
      'Rules skipped because their match has no value/rules': rate('mixer_dispatcher_condition_errors_total', []),
      'Rules/rules': value('mixer_config_rule_configs_total'),
      'Handlers/handlers': value('mixer_config_handler_configs_total'),
      'Mistakes/mistakes': value('mixer_config_rule_config_errors_total'),
      'Handlers that could not be built/handlers': value('mixer_handler_handler_build_failures_total'),
      'Destinations by variety/{{variety}}': value('mixer_dispatcher_destinations_per_variety_total', ['variety']),
      'Versions/{{tag}}': value('istio_build', ['tag']),
      'Work that adapters do again and again/{{handler}}': value('mixer_handler_daemons_total', ['handler']),
    };
  },
};

/** Of the process itself, which nobody can foretell: title, and what it is at least and at most. */
const aboutTheProcess: Readonly<Record<string, readonly [atLeast: number, atMost: number]>> = {
  'CPU/{{instance}}': [0.001, 4],
  'Memory/{{instance}} resident': [20e6, 2e9],
  'Memory/{{instance}} heap': [5e6, 1e9],
  'Lag of the event loop, p99/{{instance}}': [0.0001, 5],
};

/** One job's view of the traffic: from a scrape before it to one after it, in which nothing else happens. */
interface Round {
  readonly end: number;
  readonly seconds: number;
  readonly expected: ExpectedSeries;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
  readonly values: readonly (readonly [number, string])[];
}

describe('the dashboards, queried by a real Prometheus over the demo', { skip: prometheus.skip }, () => {
  const demo = new RunningCli(['demo']);
  let url = '';
  let results: ScenarioResult[] = [];
  const rounds = new Map<string, Round>();
  after(() => demo.stop('SIGINT'));

  const ask = async <T>(path: string): Promise<T> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as { data: T; error?: string };
    assert.equal(answer.error, undefined, path);
    return answer.data;
  };
  const query = async (text: string, time?: number): Promise<readonly Sample[]> => {
    const at = time === undefined ? '' : `&time=${time}`;
    return (await ask<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(text)}${at}`)).result;
  };
  /** By job, the time in seconds at which it was scraped first since now. */
  const nextScrapes = async (): Promise<ReadonlyMap<string, number>> => {
    const since = Date.now() / 1000;
    return eventually(async () => {
      const times = new Map<string, number>();
      for (const { metric, values } of await query('up[1m]')) {
        const first = values.map(([time]) => time).find((time) => time > since);
        if (first !== undefined) times.set(metric['job'] ?? '', first);
      }
      return times.size === 2 ? times : undefined;
    });
  };
  const roundOf = (dashboard: string): Round => rounds.get(dashboard === 'mixer' ? 'mixer' : 'mesh')!;

  before(async () => {
    await demo.waitFor(/Ctrl-C ends the demo/);
    const find = (pattern: RegExp): string => pattern.exec(demo.output)?.[1] ?? '';
    url = find(/Prometheus at (\S+) has scraped it/);
    const monitoring = find(/curl -s (\S+)\/readyz/);
    const scrape = async (): Promise<string> => (await fetch(`${monitoring}/metrics`)).text();

    // The demo made all series; what is sent now makes them grow between two scrapes.
    await nextScrapes();
    const start = await nextScrapes();
    const former = await scrape();
    const mixer = connectMixer(find(/small shop on (\S+)/));
    results = [];
    for (const scenario of scenarios) results.push(await runScenario(scenario, mixer));
    mixer.close();
    const end = await nextScrapes();

    const changes = [
      ...changesOf(results.flatMap(({ reports }) => reports)),
      ...changesBetween(former, await scrape()),
    ];
    for (const [job, time] of end) {
      const seconds = time - start.get(job)!;
      rounds.set(job, { end: time, seconds, expected: new ExpectedSeries(changes, seconds) });
    }
  });

  /** The query as Grafana would send it. */
  const fill = (text: string, chosen: Picks, seconds = 1): string =>
    Object.entries(chosen)
      .reduce((filled, [name, value]) => filled.replaceAll(`$${name}"`, `${value}"`), text)
      // From scrape to scrape, and a millisecond because later versions leave out the start of a range.
      .replaceAll('$__rate_interval', `${Math.round(seconds * 1000) + 1}ms`);

  for (const one of queries) {
    const name = `${one.title}/${one.legend}`;
    const { http: httpPicks = [], tcp: tcpPicks = {} } = picks[one.dashboard] ?? {};
    for (const chosen of one.text.includes('istio_tcp_') ? [tcpPicks] : httpPicks) {
      it(`show what was sent: ${one.dashboard}, ${name} ${Object.values(chosen).join(' ')}`, async () => {
        assert.doesNotMatch(one.text, /vector\(/);
        const { end, seconds, expected } = roundOf(one.dashboard);
        const answer = await query(fill(one.text, chosen, seconds), end);
        const limits = one.dashboard === 'mixer' ? aboutTheProcess[name] : undefined;
        if (limits !== undefined) {
          assert.equal(answer.length, 1);
          const value = Number(answer[0]?.value[1]);
          assert.ok(value >= limits[0] && value <= limits[1], String(value));
          return;
        }
        const want = panels[one.dashboard]?.(expected, chosen)[name];
        assert.ok(want !== undefined && want.answer.size > 0, 'the demo sends something that the query is about');
        const got = new Map(answer.map(({ metric, value }) => [keyOf(metric, want.by), Number(value[1])]));
        assertClose(got, want.answer);
      });
    }
  }

  it('show as many calls as were made', async () => {
    const calls = results.reduce((sum, one) => sum + one.calls, 0);
    const reports = results.reduce((sum, one) => sum + Math.ceil(one.reports.length / 50), 0);
    const { expected, seconds } = roundOf('mixer');
    const done = expected.rate('grpc_io_server_completed_rpcs', ['grpc_server_method']);
    assert.deepEqual(
      [...done.values()].map((rate) => Math.round(rate * seconds)),
      [calls, reports],
    );
  });

  it('offer what there is to choose', async () => {
    for (const [name, { templating }] of dashboards) {
      const chosen = [...(picks[name]?.http ?? []), picks[name]?.tcp ?? {}];
      for (const variable of templating.list.filter(({ type }) => type === 'query')) {
        const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(variable.query) ?? [];
        for (const pick of chosen) {
          const match = encodeURIComponent(fill(selector, pick));
          const values = await ask<readonly string[]>(`label/${label}/values?match[]=${match}`);
          assert.ok(values.includes(pick[variable.name] ?? ''), `${name} $${variable.name}: ${values.join(' ')}`);
        }
      }
    }
  });
});

function assertClose(got: ReadonlyMap<string, number>, want: Answer): void {
  assert.deepEqual([...got.keys()].sort(), [...want.keys()].sort());
  for (const [key, value] of want) {
    assert.ok(isClose(got.get(key) ?? NaN, value), `${key}: ${got.get(key)} is not ${value}`);
  }
}

function isClose(a: number, b: number): boolean {
  return (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= 0.002 * Math.max(Math.abs(a), Math.abs(b));
}

describe('the alerts', { skip: promtool.skip }, () => {
  const run = (...args: readonly string[]) => spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });

  it('are sound', () => {
    const { status, stdout, stderr } = run('check', 'rules', 'dashboards/alerts.yaml');
    assert.equal(status, 0, stdout + stderr);
  });

  it('fire when they should and not when all is well', () => {
    const { status, stdout, stderr } = run('test', 'rules', 'test/corpus/alerts.yaml');
    assert.equal(status, 0, stdout + stderr);
  });
});
