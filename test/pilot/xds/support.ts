import {
  DeltaDiscoveryRequest,
  DeltaDiscoveryResponse,
  DiscoveryRequest,
  DiscoveryResponse,
} from '../../../src/gen/envoy/service/discovery/v3/discovery.js';
import type { Any } from '../../../src/gen/google/protobuf/any.js';
import {
  createResource,
  createSnapshot,
  createXdsServer,
  type Reference,
  type ResourceKind,
  type Snapshot,
  typeUrls,
  type XdsLimits,
  type XdsObserver,
  type XdsResource,
} from '../../../src/pilot/xds/index.js';
import { delta } from '../../../src/pilot/xds/delta.js';
import type { XdsNode } from '../../../src/pilot/xds/node.js';
import { sotw } from '../../../src/pilot/xds/sotw.js';
import { ManualTime } from '../../support/manual-time.js';

/** Resources by kind: `name` or `name=content`; a cluster needs endpoints of its name, a route clusters after `>`, and a listener routes. */
export type Given = Partial<Record<ResourceKind, readonly string[]>>;

export function snapshotOf(version: string, given: Given): Snapshot {
  const kinds = Object.entries(given) as [ResourceKind, readonly string[]][];
  return createSnapshot(
    version,
    Object.fromEntries(kinds.map(([kind, texts]) => [kind, texts.map((text) => resourceOf(kind, text))])),
  );
}

function resourceOf(kind: ResourceKind, text: string): XdsResource {
  const [said = '', target] = text.split('>');
  const [name = '', content = ''] = said.split('=');
  const references: Reference[] = kind === 'cluster' ? [{ kind: 'endpoints', name }] : [];
  if (target !== undefined) references.push({ kind: kind === 'listener' ? 'route' : 'cluster', name: target });
  return createResource(kind, name, { value: Buffer.from(`${name}=${content}`), references });
}

/** What a client was sent, as text: `cluster v1 a= b=`. */
export interface Seen {
  readonly text: string;
  readonly nonce: string;
  readonly kind: ResourceKind;
}

const contentOf = (any: Any | undefined): string => Buffer.from(any?.value ?? []).toString();
const kindOf = (typeUrl: string): ResourceKind =>
  (Object.entries(typeUrls) as [ResourceKind, string][]).find(([, url]) => url === typeUrl)![0];

/** A server without a network, and time that stands still. */
export function rig(first: Snapshot | (() => Snapshot), limits: Partial<XdsLimits> = {}) {
  const time = new ManualTime();
  const events: string[] = [];
  let snapshotFor: (node: XdsNode) => Snapshot = typeof first === 'function' ? first : () => first;
  const observer: XdsObserver = {
    stale: (kind) => events.push(`stale ${kind}`),
    rejected: (kind, proxy, message) => events.push(`rejected ${kind} ${proxy} ${message}`),
    inconsistent: (message) => events.push(`inconsistent ${message}`),
    disconnected: (proxy) => events.push(`disconnected ${proxy}`),
  };
  const server = createXdsServer({
    env: {
      now: () => time.clock.now(),
      after: (millis, work) => time.after(millis, work),
      log: { info: () => undefined, warn: () => undefined },
    },
    observer,
    limits,
    snapshotFor: (node) => snapshotFor(node),
  });
  const node = (id: string): XdsNode => ({ id, cluster: '', metadata: {}, locality: '', agent: '' });
  const sinkOf = (
    seen: Seen[],
    decode: (message: Uint8Array) => Seen,
    given: { reads: boolean; stalls: number; overflows: number },
  ) => ({
    write(message: Uint8Array, done: () => void) {
      seen.push(decode(message));
      if (given.reads) done();
    },
    stall: () => {
      given.stalls += 1;
    },
    overflow: () => {
      given.overflows += 1;
    },
  });
  return {
    time,
    events,
    server,
    set: (snapshot: Snapshot | (() => Snapshot)): void => {
      snapshotFor = typeof snapshot === 'function' ? snapshot : () => snapshot;
    },
    /** A scripted client of the state of the world. */
    client: (id = 'a') => {
      const seen: Seen[] = [];
      const state = { reads: true, stalls: 0, overflows: 0 };
      const connection = server.connect(node(id), sotw, sinkOf(seen, decodeSotw, state));
      const last = (kind: ResourceKind): Seen | undefined => seen.findLast((one) => one.kind === kind);
      const names = new Map<ResourceKind, readonly string[]>();
      const request = (
        kind: ResourceKind,
        given: { names?: readonly string[]; nonce?: string; error?: string },
      ): void => {
        names.set(kind, given.names ?? names.get(kind) ?? []);
        connection.receive(
          DiscoveryRequest.create({
            typeUrl: typeUrls[kind],
            resourceNames: [...(names.get(kind) ?? [])],
            responseNonce: given.nonce ?? last(kind)?.nonce ?? '',
            versionInfo: 'whatever',
            ...(given.error !== undefined && { errorDetail: { code: 13, message: given.error, details: [] } }),
          }),
        );
      };
      return { ...connection, seen, state, request, take: () => seen.splice(0).map(({ text }) => text), last };
    },
    /** A scripted client of delta. */
    deltaClient: (id = 'd') => {
      const seen: Seen[] = [];
      const state = { reads: true, stalls: 0, overflows: 0 };
      const connection = server.connect(node(id), delta, sinkOf(seen, decodeDelta, state));
      const last = (kind: ResourceKind): Seen | undefined => seen.findLast((one) => one.kind === kind);
      const request = (
        kind: ResourceKind,
        given: { add?: string[]; drop?: string[]; has?: Record<string, string>; error?: string } = {},
      ): void => {
        connection.receive(
          DeltaDiscoveryRequest.create({
            typeUrl: typeUrls[kind],
            resourceNamesSubscribe: given.add ?? [],
            resourceNamesUnsubscribe: given.drop ?? [],
            initialResourceVersions: given.has ?? {},
            responseNonce: last(kind)?.nonce ?? '',
            ...(given.error !== undefined && { errorDetail: { code: 13, message: given.error, details: [] } }),
          }),
        );
      };
      const take = (): string[] => seen.splice(0).map(({ text }) => text);
      return { ...connection, seen, state, request, take };
    },
  };
}

function decodeSotw(message: Uint8Array): Seen {
  const { typeUrl, nonce, versionInfo, resources } = DiscoveryResponse.decode(message);
  const kind = kindOf(typeUrl);
  return { kind, nonce, text: [kind, versionInfo, ...resources.map(contentOf)].join(' ') };
}

function decodeDelta(message: Uint8Array): Seen {
  const { typeUrl, nonce, systemVersionInfo, resources, removedResources } = DeltaDiscoveryResponse.decode(message);
  const kind = kindOf(typeUrl);
  const gone = removedResources.map((name) => `-${name}`);
  return {
    kind,
    nonce,
    text: [kind, systemVersionInfo, ...resources.map((one) => contentOf(one.resource)), ...gone].join(' '),
  };
}
