import type { Value } from '../../attributes/index.js';

/** What authentication found: of the peer, and of the token that came with the request. */
export interface AuthnFacts {
  readonly sourcePrincipal?: string;
  readonly sourceNamespace?: string;
  readonly sourceUser?: string;
  /** `issuer/subject` of the token. */
  readonly principal?: string;
  readonly audiences?: string;
  readonly presenter?: string;
  readonly rawClaims?: string;
  /** Lists are joined with commas. */
  readonly claims?: ReadonlyMap<string, string | readonly string[]>;
}

const authnStrings = [
  ['source.principal', 'sourcePrincipal'],
  ['source.namespace', 'sourceNamespace'],
  ['source.user', 'sourceUser'],
  ['request.auth.principal', 'principal'],
  ['request.auth.audiences', 'audiences'],
  ['request.auth.presenter', 'presenter'],
  ['request.auth.raw_claims', 'rawClaims'],
] as const;

/** Adds it; what is empty is left out. */
export function addAuthn(into: Map<string, Value>, authn: AuthnFacts): void {
  for (const [name, field] of authnStrings) {
    const value = authn[field];
    if (value !== undefined && value !== '') into.set(name, value);
  }
  if (authn.claims === undefined || authn.claims.size === 0) return;
  const claims = [...authn.claims].map(
    ([name, value]) => [name, typeof value === 'string' ? value : value.join(',')] as const,
  );
  into.set('request.auth.claims', new Map(claims));
}
