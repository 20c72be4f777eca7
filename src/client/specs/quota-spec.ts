import { RE2JS } from 're2js';

import type { QuotaRequirement } from '../cache/quota-cache.js';
import type { AttributeSet } from '../transport.js';
import type { Named } from './service-ref.js';

/** How a string has to look; at most one field is set, none asks for nothing. */
export interface StringMatch {
  readonly exact?: string;
  readonly prefix?: string;
  /** Must match the whole string. */
  readonly regex?: string;
}

/** What a rule charges. */
export interface QuotaCharge {
  readonly quota: string;
  /** 1 when left out. */
  readonly charge?: number;
}

/** Charges for requests that fit one of the matches, or for all when there are none. */
export interface QuotaRule {
  /** Of each, all clauses must hold; keys are names of attributes. */
  readonly match?: readonly { readonly clause: ReadonlyMap<string, StringMatch> }[];
  readonly quotas: readonly QuotaCharge[];
}

/** Which quotas requests are charged to. */
export interface QuotaSpec extends Named {
  readonly rules: readonly QuotaRule[];
}

/** Says what a request needs. */
export type QuotaMatcher = (attributes: AttributeSet) => readonly QuotaRequirement[];

type Test = (attributes: AttributeSet) => boolean;

/**
 * Compiles specs; every rule that applies adds its quotas (mesh.md 1.12).
 *
 * @throws when a regular expression is none; specs come validated, so that is a caller's mistake.
 */
export function compileQuotaSpecs(specs: readonly QuotaSpec[]): QuotaMatcher {
  const rules = specs
    .flatMap((spec) => spec.rules)
    .map(({ match = [], quotas }) => ({
      tests: match.map(({ clause }) => compileClauses(clause)),
      needs: quotas.map(({ quota, charge = 1 }): QuotaRequirement => ({ quota, charge })),
    }));
  return (attributes) => {
    const needs: QuotaRequirement[] = [];
    for (const rule of rules) {
      if (rule.tests.length === 0 || rule.tests.some((test) => test(attributes))) needs.push(...rule.needs);
    }
    return needs;
  };
}

function compileClauses(clauses: ReadonlyMap<string, StringMatch>): Test {
  const tests = [...clauses].map(([name, match]): Test => {
    const matches = compileMatch(match);
    if (matches === undefined) return () => true;
    return (attributes) => {
      const value = attributes.get(name);
      return typeof value === 'string' && matches(value);
    };
  });
  return (attributes) => tests.every((test) => test(attributes));
}

/** Undefined when the match asks for nothing: then not even the attribute has to be there. */
function compileMatch({ exact, prefix, regex }: StringMatch): ((value: string) => boolean) | undefined {
  if (exact !== undefined) return (value) => value === exact;
  if (prefix !== undefined) return (value) => value.startsWith(prefix);
  if (regex === undefined) return undefined;
  const compiled = RE2JS.compile(regex);
  return (value) => compiled.matches(value);
}
