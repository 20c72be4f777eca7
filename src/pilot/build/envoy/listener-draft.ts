import type { Address } from '../../../gen/envoy/config/core/v3/address.js';
import { TrafficDirection } from '../../../gen/envoy/config/core/v3/base.js';
import { Listener } from '../../../gen/envoy/config/listener/v3/listener.js';
import {
  FilterChain,
  FilterChainMatch,
  type ListenerFilter,
} from '../../../gen/envoy/config/listener/v3/listener_components.js';
import { createResource, type Reference, type XdsResource } from '../../xds/resource.js';
import type { SidecarScope } from '../../model/sidecar-scope.js';
import { rangeOf } from './address.js';
import { type Chain, type ChainMatch, withoutOverlap } from './chain.js';
import { type BuildContext, leaveOut } from './context.js';
import { durationOf } from '../fairlead/duration.js';

/** A listener before it is one of Envoy's. */
export interface ListenerDraft {
  readonly name: string;
  /** Where it really listens: an address, or the path of a socket with port 0. */
  readonly address: string;
  readonly port: number;
  /** False for one that only gets connections from the virtual listeners. */
  readonly isBound: boolean;
  /** Hands connections to the listener of the address that they were meant for. */
  readonly isVirtual?: boolean;
  readonly direction: 'INBOUND' | 'OUTBOUND';
  readonly chains: () => readonly Chain[];
  /** All proxies that see the mesh alike have the same one. */
  readonly isShared?: boolean;
}

const shared = new WeakMap<SidecarScope, Map<string, XdsResource>>();

/** Makes a listener; undefined for one that has nothing to do. */
export function buildListener(draft: ListenerDraft, context: BuildContext): XdsResource | undefined {
  if (draft.isShared !== true) return makeListener(draft, context);
  const { scope } = context.view;
  const known = shared.get(scope) ?? new Map<string, XdsResource>();
  shared.set(scope, known);
  const listener = known.get(draft.name) ?? makeListener(draft, context);
  if (listener !== undefined) known.set(draft.name, listener);
  return listener;
}

function makeListener(draft: ListenerDraft, context: BuildContext): XdsResource | undefined {
  const { name, address, port, isBound, isVirtual = false, direction } = draft;
  const chains = withoutOverlap(draft.chains(), name, context);
  if (chains.length === 0) {
    leaveOut(context, `nothing is left for ${name}`);
    return undefined;
  }
  const isInspected = chains.some(({ match }) => match.transport !== undefined);
  // Where all clients speak first, they are waited for; of others it is known by then that they do not.
  const mayWait = chains.every(({ match }) => match.transport !== undefined);
  const listener = Listener.create({
    name,
    address: addressOf(address, port),
    filterChains: chains.map(buildChain),
    ...(isVirtual && { useOriginalDst: true }),
    listenerFilters: isInspected ? [tlsInspector] : [],
    ...(isInspected && !mayWait && goingOn(context)),
    trafficDirection: TrafficDirection[direction],
    ...(!isBound && { bindToPort: false }),
  });
  const value = Listener.encode(listener).finish();
  return createResource('listener', name, { value, references: allReferences(chains) });
}

function goingOn({ view }: BuildContext) {
  return {
    listenerFiltersTimeout: durationOf(view.mesh.protocolDetectionTimeout),
    continueOnListenerFiltersTimeout: true,
  };
}

const tlsInspector: ListenerFilter = {
  name: 'envoy.filters.listener.tls_inspector',
  typedConfig: {
    typeUrl: 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
    value: Buffer.alloc(0),
  },
};

function addressOf(address: string, port: number): Address {
  return address.startsWith('/') || address.startsWith('@')
    ? { pipe: { path: address } }
    : { socketAddress: { address, portValue: port } };
}

function buildChain({ name, match, socket, filters }: Chain): FilterChain {
  return FilterChain.create({
    name,
    ...(isAll(match) ? {} : { filterChainMatch: buildMatch(match) }),
    filters: [...filters],
    ...(socket !== undefined && { transportSocket: socket }),
  });
}

function isAll({ transport, serverNames = [], subnets = [], port }: ChainMatch): boolean {
  return transport === undefined && port === undefined && serverNames.length + subnets.length === 0;
}

function buildMatch({ transport, serverNames = [], subnets = [], port }: ChainMatch): FilterChainMatch {
  return FilterChainMatch.create({
    ...(port !== undefined && { destinationPort: port }),
    prefixRanges: subnets.map(rangeOf),
    serverNames: [...serverNames],
    transportProtocol: transport ?? '',
  });
}

function allReferences(chains: readonly Chain[]): readonly Reference[] {
  const all = chains.flatMap(({ references }) => references);
  return [...new Map(all.map((one) => [`${one.kind} ${one.name}`, one])).values()];
}
