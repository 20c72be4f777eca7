import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Waiting {
  readonly path: string;
  readonly response: ServerResponse;
  readonly timer: NodeJS.Timeout;
}

/** A request as it came. */
export interface AskedQuestion {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A registered place of a service. */
export interface Registered {
  readonly address?: string;
  readonly nodeAddress?: string;
  readonly port?: number;
  readonly tags?: readonly string[];
  readonly meta?: Readonly<Record<string, string>>;
  readonly nodeMeta?: Readonly<Record<string, string>>;
  readonly checks?: readonly string[];
  readonly weights?: object;
  readonly datacenter?: string;
}

/** An entry of the health API. */
export function healthEntry(name: string, at: number, given: Registered): object {
  const { address = '', nodeAddress = '10.0.0.9', port = 8080, tags = [], meta = {}, nodeMeta = {} } = given;
  const { checks = ['passing'], weights = { Passing: 1, Warning: 1 }, datacenter = 'dc1' } = given;
  return {
    Node: { Node: `n${at}`, Address: nodeAddress, Datacenter: datacenter, Meta: nodeMeta },
    Service: {
      ID: `${name}-${at}`,
      Service: name,
      Address: address,
      Port: port,
      Tags: tags,
      Meta: meta,
      Weights: weights,
    },
    Checks: checks.map((Status) => ({ Status })),
  };
}

/**
 * The part of Consul's HTTP API that registries use, as its documentation has it: the catalog, the health of services,
 * blocking queries by index and wait, tokens; and ways to make it misbehave.
 */
export class ConsulServer {
  readonly asked: AskedQuestion[] = [];
  token = '';
  /** Answers in place of what is known, by path. */
  readonly answers = new Map<string, { readonly status?: number; readonly body: string }>();
  /** Whether it tells an index at all. */
  tellsIndex = true;
  /** The most requests that were open at one moment. */
  mostOpen = 0;
  readonly #services = new Map<string, readonly object[]>();
  readonly #indexes = new Map<string, number>();
  readonly #waiting = new Set<Waiting>();
  #open = 0;
  #index = 10;
  readonly #server = createServer((request, response) => {
    this.mostOpen = Math.max(this.mostOpen, ++this.#open);
    response.on('close', () => this.#open--);
    const url = new URL(request.url ?? '/', 'http://consul');
    this.asked.push({ path: url.pathname, query: url.searchParams, headers: request.headers });
    this.#answer(url, request.headers['x-consul-token'], response);
  });

  static async start(): Promise<ConsulServer> {
    const server = new ConsulServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  questions(path: string): readonly AskedQuestion[] {
    return this.asked.filter((question) => question.path === path);
  }

  put(name: string, ...places: readonly Registered[]): void {
    const isNew = !this.#services.has(name);
    this.#services.set(
      name,
      places.map((place, at) => healthEntry(name, at, place)),
    );
    this.#change(healthPath(name));
    if (isNew) this.#change(catalogPath);
  }

  remove(name: string): void {
    this.#services.delete(name);
    this.#change(healthPath(name));
    this.#change(catalogPath);
  }

  /** As after a restore: what there is has lower indexes than before. */
  rewind(): void {
    this.#index = 1;
    for (const path of [catalogPath, ...[...this.#services.keys()].map(healthPath)]) this.#change(path);
  }

  async stop(): Promise<void> {
    for (const { timer } of this.#waiting) clearTimeout(timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #change(path: string): void {
    this.#indexes.set(path, ++this.#index);
    for (const waiting of this.#waiting) if (waiting.path === path) this.#release(waiting);
  }

  #release(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
    this.#send(waiting.path, waiting.response);
  }

  #answer(url: URL, token: string | string[] | undefined, response: ServerResponse): void {
    const path = decodeURIComponent(url.pathname);
    if (this.token !== '' && token !== this.token) {
      response.writeHead(403).end('Permission denied');
      return;
    }
    const index = Number(url.searchParams.get('index') ?? 0);
    if (index === 0 || index !== this.#indexOf(path)) {
      this.#send(path, response);
      return;
    }
    const wait = /^(\d+)ms$/.exec(url.searchParams.get('wait') ?? '')?.[1];
    const timer = setTimeout(() => this.#release(waiting), Number(wait ?? 300_000));
    const waiting: Waiting = { path, response, timer };
    this.#waiting.add(waiting);
    response.on('close', () => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    });
  }

  #indexOf(path: string): number {
    return this.#indexes.get(path) ?? 10;
  }

  #send(path: string, response: ServerResponse): void {
    const { status = 200, body = this.#body(path) } = this.answers.get(path) ?? {};
    const index = this.tellsIndex ? { 'x-consul-index': String(this.#indexOf(path)) } : {};
    response.writeHead(status, { 'content-type': 'application/json', ...index }).end(body);
  }

  #body(path: string): string {
    if (path === catalogPath)
      return JSON.stringify(Object.fromEntries(Array.from(this.#services.keys(), (one) => [one, []])));
    return JSON.stringify(this.#services.get(path.slice(healthPath('').length)) ?? []);
  }
}

export const catalogPath = '/v1/catalog/services';

export function healthPath(name: string): string {
  return `/v1/health/service/${name}`;
}
