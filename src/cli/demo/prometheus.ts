import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { portOrAnother } from './free-port.js';

/** One series of an instant query's answer. */
export interface QuerySample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Prometheus of the demo's own. */
export interface Prometheus {
  readonly url: string;
  /** Runs an instant query. Rejects with Prometheus' own words. */
  query(text: string): Promise<readonly QuerySample[]>;
  /** Asks again until the answer is good enough; undefined when it is not within ten seconds or before the demo ends. */
  queryUntil(
    text: string,
    isGood: (answer: readonly QuerySample[]) => boolean,
  ): Promise<readonly QuerySample[] | undefined>;
  /** Ends the process. */
  close(): Promise<void>;
}

/** What a {@link Prometheus} works with. */
export interface PrometheusOptions {
  /** A folder that is there and may be filled. */
  readonly folder: string;
  /** `http://host:port` or with a path, by the name of the job. */
  readonly targets: Readonly<Record<string, string>>;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** The program; `prometheus` on the PATH when left out. */
  readonly command?: string;
}

const wantedPort = 9090;
const patience = 10_000;
const graceMillis = 3_000;

/** Starts the Prometheus on the PATH; undefined when there is none, or when it does not come up. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus | undefined> {
  // With a dot, because the folder may be watched for configuration.
  const home = join(options.folder, '.prometheus');
  await mkdir(home);
  await writeFile(join(home, 'prometheus.yml'), scrapeConfig(options.targets));
  // It cannot be told to take any port, and one that was free may be taken by the time it gets there.
  for (const wanted of [wantedPort, 0, 0]) {
    if (options.signal.aborted) break;
    const server = await launch(home, await portOrAnother(wanted), options);
    if (server === 'no such program') return undefined;
    if (await server.isUp()) return server;
    await server.close();
  }
  return undefined;
}

async function launch(
  home: string,
  port: number,
  { signal, command = 'prometheus' }: PrometheusOptions,
): Promise<Server | 'no such program'> {
  const data = join(home, 'data');
  const args = [
    `--config.file=${join(home, 'prometheus.yml')}`,
    `--storage.tsdb.path=${data}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn(command, args, { stdio: 'ignore' });
  const isThere = await once(child, 'spawn').then(
    () => true,
    () => false,
  );
  return isThere ? new Server(child, { url: `http://127.0.0.1:${port}`, data, signal }) : 'no such program';
}

// JSON is YAML too.
function scrapeConfig(targets: Readonly<Record<string, string>>): string {
  const jobs = Object.entries(targets).map(([name, target]) => ({
    job_name: name,
    static_configs: [{ targets: [new URL(target).host] }],
  }));
  return JSON.stringify({ global: { scrape_interval: '1s', scrape_timeout: '1s' }, scrape_configs: jobs });
}

interface QueryAnswer {
  readonly error?: string;
  readonly data?: {
    readonly result: readonly { metric: Readonly<Record<string, string>>; value: readonly [number, string] }[];
  };
}

class Server implements Prometheus {
  readonly url: string;
  readonly #data: string;
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal;
  readonly #ended: Promise<unknown>;

  constructor(child: ChildProcess, { url, data, signal }: { url: string; data: string; signal: AbortSignal }) {
    this.url = url;
    this.#data = data;
    this.#child = child;
    this.#signal = signal;
    this.#ended = once(child, 'exit');
  }

  async isUp(): Promise<boolean> {
    // Which one answers is looked at too: another may have taken the port before.
    const ready = async (): Promise<true | undefined> => {
      const response = await fetch(`${this.url}/api/v1/status/flags`, { signal: this.#signal });
      const { data } = (await response.json()) as { readonly data?: Readonly<Record<string, string>> };
      return data?.['storage.tsdb.path'] === this.#data || undefined;
    };
    return (await this.#until(ready)) === true;
  }

  async query(text: string): Promise<readonly QuerySample[]> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(text)}`, {
      signal: this.#signal,
    });
    const { error, data } = (await response.json()) as QueryAnswer;
    if (data === undefined) throw new Error(error ?? `Prometheus answered ${response.status}`);
    return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
  }

  queryUntil(
    text: string,
    isGood: (answer: readonly QuerySample[]) => boolean,
  ): Promise<readonly QuerySample[] | undefined> {
    return this.#until(async () => {
      const answer = await this.query(text);
      return isGood(answer) ? answer : undefined;
    });
  }

  async close(): Promise<void> {
    if (!this.#hasEnded()) {
      this.#child.kill('SIGTERM');
      // It gives the port back in good time, or is made to.
      const late = setTimeout(() => this.#child.kill('SIGKILL'), graceMillis);
      await this.#ended;
      clearTimeout(late);
    }
  }

  async #until<T>(ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const end = performance.now() + patience;
    while (performance.now() < end && !this.#signal.aborted && !this.#hasEnded()) {
      // Not up yet: asked again.
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      await pause(50);
    }
    return undefined;
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
