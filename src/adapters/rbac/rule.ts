import type { RoleRule } from './kinds.js';
import {
  compileAddressProperty,
  compileProperty,
  isAddressKey,
  type Properties,
  type PropertyMatch,
} from './property.js';
import { compileTexts } from './text-match.js';

/** What is to be done, with everything that must be there. */
export interface Action {
  readonly namespace: string;
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly properties: Properties;
}

type Condition = (action: Action) => boolean;

/** Compiles all of a rule but its services, which the table is indexed by. */
export function compileRule(rule: RoleRule): Condition {
  const conditions: Condition[] = [];
  const text = (field: 'method' | 'path', some: readonly string[], none: readonly string[]): void => {
    const included = compileTexts(some);
    const excluded = compileTexts(none);
    if (some.length > 0) conditions.push((action) => included(action[field]));
    if (none.length > 0) conditions.push((action) => !excluded(action[field]));
  };
  const property = (matches: PropertyMatch, wanted: boolean): void => {
    // What is not there is neither in a list nor known not to be in it.
    conditions.push(({ properties }) => matches(properties) === wanted);
  };
  const listed = (key: string, some: readonly string[], none: readonly string[]): void => {
    if (some.length > 0) property(compileProperty(key, compileTexts(some)), true);
    if (none.length > 0) property(compileProperty(key, compileTexts(none)), false);
  };

  text('method', rule.methods, rule.notMethods);
  text('path', rule.paths, rule.notPaths);
  listed('request.host', rule.hosts, rule.notHosts);
  listed('destination.port', rule.ports.map(String), rule.notPorts.map(String));
  for (const { key, values } of rule.constraints) {
    property(
      isAddressKey(key) ? compileAddressProperty(key, values) : compileProperty(key, compileTexts(values)),
      true,
    );
  }
  return all(conditions);
}

function all(conditions: readonly Condition[]): Condition {
  const [first, second] = conditions;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  if (conditions.length === 2) return (action) => first(action) && second(action);
  return (action) => conditions.every((holds) => holds(action));
}
