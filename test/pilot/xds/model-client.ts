import {
  DeltaDiscoveryRequest,
  DeltaDiscoveryResponse,
  DiscoveryRequest,
  DiscoveryResponse,
} from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { delta } from '../../../src/pilot/xds/delta.js';
import { type ResourceKind, typeUrls, type XdsServer } from '../../../src/pilot/xds/index.js';
import { sotw } from '../../../src/pilot/xds/sotw.js';

const kinds = ['cluster', 'endpoints', 'listener', 'route'] as const;
const node = { id: 'model', cluster: '', metadata: {}, locality: '', agent: '' };

interface Received {
  readonly kind: ResourceKind;
  readonly nonce: string;
  readonly resources: readonly (readonly [name: string, text: string])[];
  readonly removed: readonly string[];
}

/**
 * A client as Envoy is one: asks for all clusters and listeners, for the endpoints of each cluster and for a route of
 * each listener's name, and keeps what it had of a kind while a response has something with `!`. It reads, gives the
 * server room to write and sends what it has to say only when it is told to.
 */
export class ModelClient {
  readonly has = { cluster: texts(), endpoints: texts(), listener: texts(), route: texts() };
  readonly #protocol: 'sotw' | 'delta';
  readonly #connection: { receive(request: never): void };
  readonly #wanted = { cluster: new Set<string>(), endpoints: new Set<string>(), listener: new Set<string>(), route: new Set<string>() }; // prettier-ignore
  readonly #nonces = new Map<ResourceKind, string>();
  /** Kinds whose last response was bad, which has not been said yet: the next request says so, whatever it is for. */
  readonly #bad = new Set<ResourceKind>();
  readonly #inbox: Uint8Array[] = [];
  readonly #room: (() => void)[] = [];
  readonly #outbox: (() => void)[] = [];

  constructor(server: XdsServer, protocol: 'sotw' | 'delta') {
    this.#protocol = protocol;
    const fail = (): never => {
      throw new Error('given up');
    };
    this.#connection = server.connect<never>(node, protocol === 'sotw' ? sotw : delta, {
      write: (message, done) => {
        this.#inbox.push(message);
        this.#room.push(done);
      },
      stall: fail,
      overflow: fail,
    });
    this.#send('cluster', {});
    this.#send('listener', {});
  }

  get isIdle(): boolean {
    return this.#inbox.length + this.#room.length + this.#outbox.length === 0;
  }

  /** Lets the server write on. */
  makeRoom(): void {
    this.#room.shift()?.();
  }

  /** Sends the next request. */
  speak(): void {
    this.#outbox.shift()?.();
  }

  /** Takes up the next response. */
  read(): void {
    const message = this.#inbox.shift();
    if (message === undefined) return;
    const { kind, nonce, resources, removed } = this.#protocol === 'sotw' ? readSotw(message) : readDelta(message);
    this.#nonces.set(kind, nonce);
    const isBad = resources.some(([, text]) => text.includes('!'));
    if (isBad && this.#protocol === 'sotw') this.#bad.add(kind);
    this.#outbox.push(() => this.#send(kind, { nonce, isBad }));
    if (isBad) return;
    const isWhole = kind === 'cluster' || kind === 'listener';
    if (isWhole && this.#protocol === 'sotw') this.has[kind].clear();
    for (const [name, text] of resources) {
      if (isWhole || this.#wanted[kind].has(name)) this.has[kind].set(name, text);
    }
    for (const name of removed) this.has[kind].delete(name);
    if (kind === 'cluster') this.#want('endpoints', this.has.cluster);
    if (kind === 'listener') this.#want('route', this.has.listener);
  }

  #want(kind: 'endpoints' | 'route', all: ReadonlyMap<string, string>): void {
    const wanted = this.#wanted[kind];
    const add = [...all.keys()].filter((name) => !wanted.has(name));
    const drop = [...wanted].filter((name) => !all.has(name));
    if (add.length + drop.length === 0) return;
    for (const name of drop) {
      wanted.delete(name);
      this.has[kind].delete(name);
    }
    for (const name of add) wanted.add(name);
    this.#outbox.push(() => this.#send(kind, { add, drop }));
  }

  #send(kind: ResourceKind, given: { nonce?: string; isBad?: boolean; add?: string[]; drop?: string[] }): void {
    const { nonce = '', add = [], drop = [] } = given;
    const isBad = this.#bad.delete(kind) || given.isBad === true;
    const common = {
      typeUrl: typeUrls[kind],
      ...(isBad && { errorDetail: { code: 3, message: 'bad', details: [] } }),
    };
    const request =
      this.#protocol === 'delta'
        ? DeltaDiscoveryRequest.create({
            ...common,
            ...{ responseNonce: nonce, resourceNamesSubscribe: add, resourceNamesUnsubscribe: drop },
          })
        : DiscoveryRequest.create({
            ...common,
            responseNonce: nonce || this.#nonces.get(kind) || '',
            resourceNames: [...this.#wanted[kind]],
          });
    this.#connection.receive(request as never);
  }
}

function texts(): Map<string, string> {
  return new Map();
}

function readSotw(message: Uint8Array): Received {
  const { typeUrl, nonce, resources } = DiscoveryResponse.decode(message);
  const all = resources.map(({ value }) => value.toString());
  return {
    kind: kindOf(typeUrl),
    nonce,
    resources: all.map((text) => [text.slice(0, text.indexOf('=')), text]),
    removed: [],
  };
}

function readDelta(message: Uint8Array): Received {
  const { typeUrl, nonce, resources, removedResources: removed } = DeltaDiscoveryResponse.decode(message);
  return {
    kind: kindOf(typeUrl),
    nonce,
    resources: resources.map(({ name, resource }) => [name, resource?.value.toString() ?? '']),
    removed,
  };
}

function kindOf(typeUrl: string): ResourceKind {
  return kinds.find((kind) => typeUrls[kind] === typeUrl)!;
}
