import type { ChainMatch } from '../../gen/fairlead/proxy/v1/listener.js';
import { ChainMatch_Transport as Transport } from '../../gen/fairlead/proxy/v1/listener.js';
import type { Address } from '../http/message.js';
import { compileSubnets, type Subnets } from './subnets.js';

/** What a chain is chosen by. */
export interface Traits {
  /** Where the connection wanted to go. */
  readonly destination: Address;
  readonly isTls: boolean;
  readonly serverName: string | undefined;
}

export interface ChainRule<T> {
  readonly match: ChainMatch | undefined;
  readonly endsTls: boolean;
  readonly value: T;
}

interface Candidate<T> {
  readonly value: T;
  readonly port: number;
  readonly subnets: Subnets | undefined;
  readonly isTls: boolean | undefined;
}

interface Named<T> {
  /** Of the name that is matched; the others say less. */
  readonly rank: number;
  readonly candidates: Candidate<T>[];
}

const exactRank = 300;
const rankSpan = 301;
const prefixSpan = 130;

/**
 * Compiles the choice of a chain. All that a chain sets must hold. Of several that fit the most specific is taken, by
 * port, then subnet, then server name, then transport, and the first among equals: as Envoy does.
 *
 * @throws Error for a subnet that is none.
 */
export function compileChainMatch<T>(rules: readonly ChainRule<T>[]): (traits: Traits) => T | undefined {
  const byName = new Map<string, Named<T>>();
  for (const rule of rules) {
    const candidate = createCandidate(rule);
    for (const name of namesOf(rule.match)) {
      const named = byName.get(name) ?? { rank: rankOf(name), candidates: [] };
      byName.set(name, named);
      named.candidates.push(candidate);
    }
  }
  const order = new Map(rules.map(({ value }, index) => [value, index]));
  return (traits) => {
    let best: Candidate<T> | undefined;
    let bestScore = -1;
    for (const name of wantedNames(traits.serverName)) {
      const named = byName.get(name);
      for (const candidate of named?.candidates ?? []) {
        const score = scoreOf(candidate, traits, named!.rank);
        const isFirst = best !== undefined && order.get(candidate.value)! < order.get(best.value)!;
        if (score < bestScore || score < 0 || (score === bestScore && !isFirst)) continue;
        best = candidate;
        bestScore = score;
      }
    }
    return best?.value;
  };
}

function createCandidate<T>({ match, endsTls, value }: ChainRule<T>): Candidate<T> {
  const transport = match?.transport ?? Transport.ANY;
  const subnets = match?.destinationSubnets ?? [];
  const anyTransport = endsTls ? true : undefined;
  return {
    value,
    port: match?.destinationPort ?? 0,
    subnets: subnets.length === 0 ? undefined : compileSubnets(subnets),
    isTls: transport === Transport.ANY ? anyTransport : transport === Transport.TLS,
  };
}

// The key of chains that take any name, and connections without one.
const anyName = '*';

function namesOf(match: ChainMatch | undefined): readonly string[] {
  const names = new Set((match?.serverNames ?? []).map((name) => name.toLowerCase()));
  return names.size === 0 || names.has(anyName) ? [anyName] : [...names];
}

function rankOf(name: string): number {
  if (name === anyName) return 0;
  return name.startsWith('*.') ? Math.min(name.length, exactRank - 1) : exactRank;
}

/** The name itself, then `*.` and each of its ends, then any. */
function* wantedNames(serverName: string | undefined): IterableIterator<string> {
  if (serverName !== undefined) {
    const name = serverName.toLowerCase();
    yield name;
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) yield `*${name.slice(dot)}`;
  }
  yield anyName;
}

/** Below 0 when it does not fit. */
function scoreOf<T>({ port, subnets, isTls }: Candidate<T>, traits: Traits, nameRank: number): number {
  const { destination } = traits;
  if (port !== 0 && port !== destination.port) return -1;
  if (isTls !== undefined && isTls !== traits.isTls) return -1;
  const prefix = subnets === undefined ? 0 : subnets(destination.host);
  if (prefix === undefined) return -1;
  const place = (port === 0 ? 0 : prefixSpan) + prefix;
  return (place * rankSpan + nameRank) * 2 + (isTls === undefined ? 0 : 1);
}
