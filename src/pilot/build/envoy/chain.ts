import type { TransportSocket } from '../../../gen/envoy/config/core/v3/base.js';
import type { Filter } from '../../../gen/envoy/config/listener/v3/listener_components.js';
import type { Reference } from '../../xds/resource.js';
import type { L4Destination } from '../../kinds/l4-route.js';
import { subnetKey } from './address.js';
import { type BuildContext, leaveOut } from './context.js';

/** What connections a chain is for. Empty for all that no other chain of the listener wants. */
export interface ChainMatch {
  readonly transport?: 'raw_buffer' | 'tls';
  /** Empty for all. */
  readonly serverNames?: readonly string[];
  /** Addresses called; empty for all. */
  readonly subnets?: readonly string[];
  /** The port called, where that is not the listener's. */
  readonly port?: number;
}

/** What is done with connections. */
export interface Work {
  readonly filters: readonly Filter[];
  /** What has to be there for it. */
  readonly references: readonly Reference[];
}

/** A chain of a listener. */
export interface Chain extends Work {
  readonly name: string;
  readonly match: ChainMatch;
  /** Whose it is, for people. */
  readonly owner: string;
  /** Of the rule that it follows. Whoever loses to the same rule loses nothing. */
  readonly route?: readonly L4Destination[] | undefined;
  /** Of HTTP in the clear. */
  readonly isPlainHttp?: boolean;
  /** For what nobody else wants; that it loses is not worth telling. */
  readonly isFallback?: boolean;
  readonly socket?: TransportSocket | undefined;
}

/**
 * Chains that do not get in each other's way: Envoy refuses a listener of which two chains want the same connections.
 * What an earlier chain has, a later one loses, and that is told.
 */
export function withoutOverlap(chains: readonly Chain[], place: string, context: BuildContext): Chain[] {
  const taken = new Map<string, Chain>();
  const isLast = ({ isFallback = false }: Chain): boolean => isFallback;
  const sorted = [...chains.filter((chain) => !isLast(chain)), ...chains.filter(isLast)];
  const kept = sorted.flatMap((chain) => {
    const names = unique(chain.match.serverNames, (name) => name.toLowerCase());
    const subnets = unique(chain.match.subnets, subnetKey);
    const keyOf = (name: string, subnet: string): string =>
      JSON.stringify([chain.match.transport, chain.match.port, name.toLowerCase(), subnetKey(subnet)]);
    const holder = (name: string, subnet: string): Chain | undefined => taken.get(keyOf(name, subnet));
    const freeNames = names.filter((name) => subnets.every((subnet) => holder(name, subnet) === undefined));
    const isByName = names.length > 1 || names[0] !== '';
    const wanted = isByName ? freeNames : names;
    const free = isByName ? subnets : subnets.filter((subnet) => holder('', subnet) === undefined);
    tellLoss(
      chain,
      names.flatMap((name) => subnets.flatMap((subnet) => holder(name, subnet) ?? [])),
      { place, context },
    );
    if (wanted.length === 0 || free.length === 0) return [];
    for (const name of wanted) for (const subnet of free) taken.set(keyOf(name, subnet), chain);
    return [{ ...chain, match: { ...chain.match, serverNames: withoutAny(wanted), subnets: withoutAny(free) } }];
  });
  // HTTP in the clear has its place beside chains for TLS, whose connections it must not take.
  const isAlone = kept.length === 1;
  return withOwnNames(
    kept.map((chain) =>
      chain.isPlainHttp === true && !isAlone
        ? { ...chain, match: { ...chain.match, transport: 'raw_buffer' as const } }
        : chain,
    ),
  );
}

function tellLoss(
  { owner, route, isFallback = false }: Chain,
  holders: readonly Chain[],
  { place, context }: { readonly place: string; readonly context: BuildContext },
): void {
  if (isFallback) return;
  const others = holders.filter((holder) => holder.owner !== owner && (route === undefined || holder.route !== route));
  for (const other of new Set(others.map((holder) => holder.owner)))
    leaveOut(context, `${owner} loses ${place} to ${other}`);
}

/** Each once; one empty text stands for none, which means all. */
function unique(texts: readonly string[] = [], keyOf: (text: string) => string): string[] {
  return texts.length === 0 ? [''] : [...new Map(texts.map((text) => [keyOf(text), text])).values()];
}

function withoutAny(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => text !== '');
}

function withOwnNames(chains: readonly Chain[]): Chain[] {
  const counts = new Map<string, number>();
  return chains.map((chain) => {
    const count = (counts.get(chain.name) ?? 0) + 1;
    counts.set(chain.name, count);
    return count === 1 ? chain : { ...chain, name: `${chain.name}#${count}` };
  });
}
