import type { L4Destination } from '../kinds/l4-route.js';
import { appliesAt, type RuleSite } from './http-rules.js';
import type { RoutedHosts } from './virtual-services.js';

/** Where connections go. */
export interface L4Rule {
  /** Empty for all; of a TCP rule always. */
  readonly sniHosts: readonly string[];
  /** Addresses called; empty for all. */
  readonly subnets: readonly string[];
  readonly route: readonly L4Destination[];
}

/** The TLS rules that can apply at a site; of two for the same names and addresses the first counts (mesh.md 2.1.12). */
export function tlsRules(services: readonly RoutedHosts[], site: RuleSite): readonly L4Rule[] {
  const rules = new Map<string, L4Rule>();
  for (const { match: matches, route } of services.flatMap(({ tls }) => tls)) {
    for (const match of matches) {
      if (!appliesAt(match, site)) continue;
      for (const sni of match.sniHosts) {
        const key = JSON.stringify([sni, [...match.destinationSubnets].sort()]);
        if (!rules.has(key)) rules.set(key, { sniHosts: [sni], subnets: match.destinationSubnets, route });
      }
    }
  }
  return [...rules.values()];
}

/** The TCP rules that can apply at a site; one without addresses ends the list. */
export function tcpRules(services: readonly RoutedHosts[], site: RuleSite): readonly L4Rule[] {
  const rules = new Map<string, L4Rule>();
  for (const { match: matches, route } of services.flatMap(({ tcp }) => tcp)) {
    const fitting = matches.filter((match) => appliesAt(match, site)).map((match) => match.destinationSubnets);
    for (const subnets of matches.length === 0 ? [[]] : fitting) {
      const key = JSON.stringify([...subnets].sort());
      if (!rules.has(key)) rules.set(key, { sniHosts: [], subnets, route });
      if (subnets.length === 0) return [...rules.values()];
    }
  }
  return [...rules.values()];
}
