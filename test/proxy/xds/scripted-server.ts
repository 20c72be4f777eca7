import { Server, type ServerDuplexStream } from '@grpc/grpc-js';
import { AggregatedDiscoveryServiceService as definition } from '../../../src/gen/envoy/service/discovery/v3/ads.js';
import {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryResponse,
  Resource,
} from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import { toFairleadSnapshot } from '../../../src/pilot/index.js';
import type { ProxyConfig } from '../../../src/gen/fairlead/proxy/v1/config.js';
import { Any } from '../../../src/gen/google/protobuf/any.js';
import { type ResourceKind, typeUrls } from '../../../src/proxy/xds/resource-kind.js';
import { bind } from '../../pilot/xds/net.js';
import { until } from '../../support/mesh/test-time.js';

type Call = ServerDuplexStream<DeltaDiscoveryRequest, Buffer>;

/** What a test sends: names with the message of a configuration, or with bytes of its own. */
export interface Sent {
  readonly resources?: readonly { readonly name: string; readonly version?: string; readonly any?: Any }[];
  readonly removed?: readonly string[];
  readonly nonce?: string;
  readonly version?: string;
}

/** A server of delta xDS that says what a test tells it, to one client. */
export class ScriptedServer {
  readonly requests: DeltaDiscoveryRequest[] = [];
  /** How many streams there have been. */
  streams = 0;
  port = 0;
  #call: Call | undefined;
  #nonces = 0;
  #grpc: Server | undefined;

  async start(): Promise<this> {
    this.#grpc = new Server();
    const { deltaAggregatedResources: own, ...rest } = definition;
    this.#grpc.addService(
      { ...rest, deltaAggregatedResources: { ...own, responseSerialize: (bytes: Buffer) => bytes } },
      {
        deltaAggregatedResources: (call: Call) => {
          this.streams += 1;
          this.#call = call;
          call.on('data', (request: DeltaDiscoveryRequest) => this.requests.push(request));
          call.on('error', () => undefined);
          call.on('end', () => call.end());
        },
        streamAggregatedResources: (call: Call) => call.end(),
      },
    );
    this.port = (await bind(this.#grpc, this.port)).port;
    return this;
  }

  stop(): void {
    this.#grpc?.forceShutdown();
    this.#grpc = this.#call = undefined;
  }

  /** Ends the stream, as a server that goes. */
  hangUp(): void {
    this.#call?.end();
  }

  /** Sends a response of a kind, or of a type that is none; gives its nonce. */
  send(kind: string, { resources = [], removed = [], version = '', ...given }: Sent = {}): string {
    const nonce = given.nonce ?? `n${++this.#nonces}`;
    const response = DeltaDiscoveryResponse.create({
      typeUrl: Object.hasOwn(typeUrls, kind) ? typeUrls[kind as ResourceKind] : kind,
      systemVersionInfo: version,
      nonce,
      resources: resources.map(({ name, version: own = '', any }) =>
        Resource.create({ name, version: own, ...(any === undefined ? {} : { resource: any }) }),
      ),
      removedResources: [...removed],
    });
    this.sendBytes(Buffer.from(DeltaDiscoveryResponse.encode(response).finish()));
    return nonce;
  }

  sendBytes(bytes: Buffer): void {
    this.#call?.write(bytes);
  }

  /** Sends all of a configuration, one response a kind. */
  sendAll(config: ProxyConfig, version = 'v'): Readonly<Record<ResourceKind, string>> {
    const send = (kind: ResourceKind): string => this.send(kind, { resources: resourcesOf(config, kind), version });
    return { cluster: send('cluster'), endpoints: send('endpoints'), listener: send('listener'), route: send('route') };
  }

  /** The answer to a response: `ack`, or what was wrong. */
  async answerTo(nonce: string): Promise<string> {
    const find = () => this.requests.find(({ responseNonce }) => responseNonce === nonce);
    await until(() => find() !== undefined);
    return find()?.errorDetail?.message ?? 'ack';
  }

  /** Waits for the first requests of the n-th stream. */
  async untilAsked(streams: number): Promise<readonly DeltaDiscoveryRequest[]> {
    await until(() => this.streams >= streams && this.#firstOnes().length >= streams * 4);
    return this.#firstOnes().slice(-4);
  }

  #firstOnes(): readonly DeltaDiscoveryRequest[] {
    return this.requests.filter(({ resourceNamesSubscribe: [name] }) => name === '*');
  }
}

/** The resources of one kind of a configuration, as a Pilot has them. */
export function resourcesOf(config: ProxyConfig, kind: ResourceKind): NonNullable<Sent['resources']> {
  const map = toFairleadSnapshot(config)[kind];
  return [...map.keys()].map((name) => {
    const { version, any } = map.get(name)!;
    return { name, version, any: Any.decode(any) };
  });
}
