import { join } from 'node:path';
import { type BenchResult, median } from './result.js';
import { inFolder } from './support/compare.js';
import { loadHttp, openIdle, timeHttp } from './support/http-load.js';
import { type HttpServer, startHaproxy, startNginx, startNode } from './support/http-servers.js';

const starts = 3;
const roundsPerStart = 3;
const warmUp = 6_000;
const idleConnections = 10_000;
/** A million takes minutes: `FAIRLEAD_PROXY_REQUESTS=1000000`. */
const heapRequests = Number(process.env['FAIRLEAD_PROXY_REQUESTS'] ?? 100_000);
const mebibyte = 2 ** 20;

// `unsent` writes reports down and throws them away: what is left is what the proxy itself does.
const names = ['ours', 'unsent', 'without', 'httpProxy', 'nginx', 'haproxy'] as const;
type Name = (typeof names)[number];
/** Of one round. Those that are quick get more, since CPU time is counted in hundredths of a second. */
const requests: Readonly<Record<Name, number>> = {
  ours: 4000,
  unsent: 4000,
  without: 4000,
  httpProxy: 4000,
  nginx: 10_000,
  haproxy: 10_000,
};

interface Figure {
  /** CPU microseconds a request. */
  readonly cost: number;
  readonly rate: number;
}
type Round = Readonly<Record<Name, Figure>>;

/** Ports of what is behind the proxies. */
interface Backends {
  readonly upstream: number;
  /** Takes reports. */
  readonly mixer: number;
}

async function startAll(folder: string, { upstream, mixer }: Backends): Promise<Record<Name, HttpServer>> {
  const log = join(folder, 'access.log');
  const [ours, unsent, without, httpProxy, nginx, haproxy] = await Promise.all([
    startNode('proxy-child.mjs', { upstream, mixer, log }),
    startNode('proxy-child.mjs', { upstream, mixer, log, unsent: true }),
    startNode('proxy-child.mjs', { upstream, log }),
    startNode('http-proxy-child.mjs', { upstream }),
    startNginx(folder, upstream),
    startHaproxy(folder, upstream),
  ]);
  return { ours, unsent, without, httpProxy, nginx, haproxy };
}

function measure(server: HttpServer, count: number): Figure {
  const before = server.cpu();
  const rate = loadHttp(server.port, count);
  return { cost: (server.cpu() - before) / count, rate };
}

async function measureStart(folder: string, backends: Backends): Promise<Round[]> {
  const servers = await startAll(folder, backends);
  try {
    for (const name of names) loadHttp(servers[name].port, warmUp);
    const rounds: Round[] = [];
    for (let round = 0; round < roundsPerStart; round++) {
      const figures = names.map((name) => [name, measure(servers[name], requests[name])] as const);
      rounds.push(Object.fromEntries(figures) as Round);
    }
    return rounds;
  } finally {
    await Promise.all(names.map((name) => servers[name].stop()));
  }
}

const titles: Readonly<Record<Name, string>> = {
  ours: 'proxy, all filters',
  unsent: 'proxy, all filters, reports not sent',
  without: 'proxy without Mixer',
  httpProxy: 'http-proxy',
  nginx: 'nginx',
  haproxy: 'haproxy',
};

async function costs(folder: string, backends: Backends): Promise<BenchResult[]> {
  const rounds: Round[] = [];
  for (let start = 0; start < starts; start++) rounds.push(...(await measureStart(folder, backends)));
  const row = (of: Name, name: Name, goal: number | undefined, goalText: string): BenchResult => {
    const text = (one: Name): string => {
      const cost = median(rounds.map((round) => round[one].cost));
      return `${cost.toFixed(0)} us CPU, ${median(rounds.map((round) => round[one].rate)).toFixed(0)} rps`;
    };
    const ratio = median(rounds.map((round) => round[of].cost / round[name].cost));
    const met = goal === undefined || ratio <= goal;
    return {
      name: `${titles[of]}: ${titles[name]}`,
      ours: text(of),
      opponent: text(name),
      ratio,
      goal: goalText,
      met,
    };
  };
  return [
    ...(['ours', 'unsent', 'without'] as const).flatMap((of) => [
      row(of, 'httpProxy', 1 / 1.3, '<= 0.77 (1.3 x per core)'),
      row(of, 'nginx', 4, '<= 4 (0.25 x per core)'),
    ]),
    row('ours', 'haproxy', undefined, ''),
    row('ours', 'without', 1.3, '<= 1.3'),
    row('unsent', 'without', 1.3, '<= 1.3'),
  ];
}

function p99(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
}

/** In turn, for a second each: a busy machine adds more to all of them than any proxy does. */
async function latency(folder: string, server: HttpServer, upstream: number): Promise<BenchResult> {
  const log = join(folder, 'times.log');
  const nginx = await startNginx(folder, upstream);
  const rounds = Array.from({ length: 7 }, () => ({
    direct: p99(timeHttp(upstream, 1, log)),
    ours: p99(timeHttp(server.port, 1, log)),
    nginx: p99(timeHttp(nginx.port, 1, log)),
  }));
  await nginx.stop();
  const direct = median(rounds.map((round) => round.direct));
  const added = median(rounds.map((round) => round.ours - round.direct));
  const addedByNginx = median(rounds.map((round) => round.nginx - round.direct));
  return {
    name: `proxy: added p99 at 1,000 rps, to ${direct.toFixed(2)} ms`,
    ours: `${added.toFixed(2)} ms`,
    opponent: `nginx ${addedByNginx.toFixed(2)} ms`,
    ratio: undefined,
    goal: '<= 3 ms',
    met: added <= 3,
  };
}

async function memory(server: HttpServer): Promise<BenchResult[]> {
  loadHttp(server.port, heapRequests / 5);
  const before = await server.heap();
  loadHttp(server.port, heapRequests);
  const growth = ((await server.heap()) - before) / mebibyte;
  const idle = await openIdle(server.port, idleConnections);
  const rss = server.rss();
  idle.close();
  const alone = { opponent: '', ratio: undefined };
  return [
    {
      ...alone,
      name: `proxy: heap growth over ${heapRequests.toLocaleString('en')} requests`,
      ours: `${growth.toFixed(1)} MiB`,
      goal: '< 2 MiB',
      met: growth < 2,
    },
    {
      ...alone,
      name: `proxy: RSS with ${idleConnections.toLocaleString('en')} idle connections`,
      ours: `${(rss / mebibyte).toFixed(0)} MiB`,
      goal: '<= 300 MB',
      met: rss <= 300e6,
    },
  ];
}

/** `fairlead proxy` beside nginx, haproxy and http-proxy: CPU time of the proxy's process a request, with nginx behind. */
export const run = (): Promise<readonly BenchResult[]> =>
  inFolder(async (folder) => {
    const upstream = await startNginx(folder);
    const mixer = await startNode('report-sink-child.mjs', {});
    try {
      const results = await costs(folder, { upstream: upstream.port, mixer: mixer.port });
      const server = await startNode('proxy-child.mjs', {
        upstream: upstream.port,
        mixer: mixer.port,
        log: join(folder, 'access.log'),
      });
      try {
        loadHttp(server.port, warmUp);
        return [...results, await latency(folder, server, upstream.port), ...(await memory(server))];
      } finally {
        await server.stop();
      }
    } finally {
      await Promise.all([upstream.stop(), mixer.stop()]);
    }
  });
