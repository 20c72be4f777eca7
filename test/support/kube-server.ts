import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';

/** A certificate for 127.0.0.1 that is its own authority. */
export interface Certificate {
  readonly certPath: string;
  readonly keyPath: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes a certificate in a folder, with openssl. */
export function makeCertificate(folder: string, name = 'server'): Certificate {
  const [certPath, keyPath] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const made = spawnSync('openssl', [...request, '-keyout', keyPath, '-out', certPath, ...subject]);
  if (made.status !== 0) throw new Error(`openssl failed: ${made.stderr.toString()}`);
  return { certPath, keyPath, cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

/** An object as a test writes it; the server adds the version. */
export interface TestObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

interface Change {
  readonly revision: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: TestObject;
}

interface Watcher {
  readonly collection: string;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
}

/** A request as it came. */
export interface SeenRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

type Refusal = { readonly status: number; readonly message: string; readonly headers?: Record<string, string> };

/**
 * The part of Kubernetes' API that clients list and watch with, as its documentation has it: pages with `continue`,
 * watches that go on from a version, bookmarks, 410 for versions that are too old, bearer tokens; and ways to make it
 * misbehave. Collections are paths below all namespaces: `/api/v1/pods`.
 */
export class KubeServer {
  /** What was asked for, oldest first. */
  readonly seen: SeenRequest[] = [];
  /** The token that is asked for. */
  token = 'secret-token';
  /** Whether an old version is refused by status, or by an event inside of the watch. */
  goneAs: 'status' | 'event' = 'status';
  /** Answers to requests for a collection, in place of what it holds. */
  readonly refusals = new Map<string, Refusal>();
  readonly #server;
  readonly #sockets = new Set<Socket>();
  readonly #watchers = new Set<Watcher>();
  readonly #collections = new Map<string, Map<string, TestObject>>();
  readonly #changes = new Map<string, Change[]>();
  #revision = 1000;
  #oldest = 0;
  #oldestContinue = 0;

  private constructor(readonly certificate: Certificate) {
    this.#server = createServer({ cert: certificate.cert, key: certificate.key }, (request, response) =>
      this.#answer(request, response),
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(certificate: Certificate, port = 0): Promise<KubeServer> {
    const server = new KubeServer(certificate);
    await new Promise<void>((resolve) => server.#server.listen(port, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** How many watches of a collection are open. */
  watching(collection: string): number {
    return [...this.#watchers].filter((watcher) => watcher.collection === collection).length;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Requests for a collection: lists, or watches. */
  requests(collection: string, kind: 'list' | 'watch'): readonly SeenRequest[] {
    return this.seen.filter(({ path, query }) => path === collection && query.has('watch') === (kind === 'watch'));
  }

  put(collection: string, object: TestObject): void {
    const objects = this.#objects(collection);
    const key = keyOf(object);
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    const versioned = this.#version(object);
    objects.set(key, versioned);
    this.#tell(collection, type, versioned);
  }

  remove(collection: string, name: string, namespace = 'default'): void {
    const objects = this.#objects(collection);
    const object = objects.get(`${namespace}/${name}`);
    if (object === undefined) return;
    objects.delete(`${namespace}/${name}`);
    this.#tell(collection, 'DELETED', this.#version(object));
  }

  /** Lets time pass for a collection without anything to tell: only a bookmark says so. */
  bookmark(): void {
    this.#revision++;
    for (const { response } of this.#watchers) {
      send(response, { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(this.#revision) } } });
    }
  }

  /** Sends a line of its own making to all watches. */
  sendRaw(collection: string, text: string): void {
    for (const watcher of this.#watchers) if (watcher.collection === collection) watcher.response.write(text);
  }

  /** Forgets changes up to now: watches from before are refused, and so are pages of lists begun before. */
  compact(): void {
    this.#oldest = this.#revision;
    this.#oldestContinue = this.#revision + 1;
  }

  /** Ends watches as a server does when their time is up. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  /** Breaks all connections. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#watchers.clear();
  }

  async stop(): Promise<void> {
    this.disconnect();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #objects(collection: string): Map<string, TestObject> {
    let objects = this.#collections.get(collection);
    if (objects === undefined) this.#collections.set(collection, (objects = new Map()));
    return objects;
  }

  #version(object: TestObject): TestObject {
    this.#revision++;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#revision) } };
  }

  #tell(collection: string, type: Change['type'], object: TestObject): void {
    const change = { revision: this.#revision, type, object };
    const changes = this.#changes.get(collection) ?? [];
    changes.push(change);
    this.#changes.set(collection, changes);
    for (const watcher of this.#watchers) if (watcher.collection === collection) sendChange(watcher, change);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const collection = url.pathname.replace(/\/namespaces\/[^/]+/, '');
    const namespace = /\/namespaces\/([^/]+)/.exec(url.pathname)?.[1];
    const query = url.searchParams;
    if (namespace !== undefined) query.set('namespace', namespace);
    this.seen.push({ path: collection, query, authorization: request.headers.authorization });
    const refused = this.refusals.get(collection);
    if (request.headers.authorization !== `Bearer ${this.token}`)
      refuse(response, { status: 401, message: 'Unauthorized' });
    else if (refused !== undefined) refuse(response, refused);
    else if (query.has('watch')) this.#watch({ collection, query, response });
    else this.#list({ collection, query, response });
  }

  #list({ collection, query, response }: Watcher): void {
    const all = [...this.#objects(collection).values()].filter((object) => selects(query, object));
    const limit = Number(query.get('limit') ?? all.length);
    const [revision = this.#revision, from = 0] = (query.get('continue') ?? '').split(':').filter(Boolean).map(Number);
    if (query.has('continue') && revision < this.#oldestContinue) {
      refuse(response, { status: 410, message: 'the continue parameter is too old' });
      return;
    }
    const items = all.slice(from, from + limit);
    const next = from + items.length < all.length ? { continue: `${revision}:${from + items.length}` } : {};
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ kind: 'List', metadata: { resourceVersion: String(revision), ...next }, items }));
  }

  #watch(watcher: Watcher): void {
    const { collection, query, response } = watcher;
    const from = Number(query.get('resourceVersion'));
    const isGone = from < this.#oldest;
    const gone = {
      kind: 'Status',
      status: 'Failure',
      reason: 'Expired',
      code: 410,
      message: 'too old resource version',
    };
    if (isGone && this.goneAs === 'status') {
      refuse(response, { status: 410, message: gone.message });
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (isGone) {
      send(response, { type: 'ERROR', object: gone });
      response.end();
      return;
    }
    this.#watchers.add(watcher);
    response.on('close', () => this.#watchers.delete(watcher));
    for (const change of this.#changes.get(collection) ?? []) if (change.revision > from) sendChange(watcher, change);
  }
}

/** A kubeconfig that holds everything itself. */
export function kubeconfigOf(server: KubeServer, user: object = { token: server.token }): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [
      {
        name: 'test',
        cluster: {
          server: server.url,
          'certificate-authority-data': Buffer.from(server.certificate.cert).toString('base64'),
        },
      },
    ],
    users: [{ name: 'test', user }],
  });
}

function keyOf({ metadata }: TestObject): string {
  return `${metadata.namespace ?? 'default'}/${metadata.name}`;
}

function selects(query: URLSearchParams, { metadata }: TestObject): boolean {
  const namespace = query.get('namespace');
  if (namespace !== null && metadata.namespace !== namespace) return false;
  const [label, value] = (query.get('labelSelector') ?? '').split('=');
  return label === undefined || label === '' || metadata.labels?.[label] === value;
}

function sendChange({ query, response }: Watcher, { type, object }: Change): void {
  if (selects(query, object)) send(response, { type, object });
}

function send(response: ServerResponse, event: object): void {
  response.write(`${JSON.stringify(event)}\n`);
}

function refuse(response: ServerResponse, { status, message, headers = {} }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code: status, message }));
}
