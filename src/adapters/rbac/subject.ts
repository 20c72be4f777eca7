import type { BindingSubject } from './kinds.js';
import { compileAddressProperty, compileProperty, isAddressKey, type Properties } from './property.js';
import { compileTexts, parsePattern, type TextMatch } from './text-match.js';

const anyAuthenticated = 'allAuthenticatedUsers';

/** Who wants to do something; the texts are empty for nobody. */
export interface Subject {
  readonly user: string;
  /** All groups in one text, as the template has it. */
  readonly groups: string;
  readonly properties: Properties;
}

/** Whether somebody is meant. */
export type SubjectMatch = (subject: Subject) => boolean;

/** Compiles subjects of a binding, any of which will do. */
export function compileSubjects(subjects: readonly BindingSubject[]): SubjectMatch {
  const matches = subjects.map(compileSubject).filter((match) => match !== undefined);
  const [only] = matches;
  if (only === undefined) return () => false;
  return matches.length === 1 ? only : (subject) => matches.some((match) => match(subject));
}

/** Compiles one subject: all that it says must hold. Undefined when it says nothing, which means nobody. */
export function compileSubject(subject: BindingSubject): SubjectMatch | undefined {
  const conditions = [...userConditions(subject), ...groupConditions(subject), ...propertyConditions(subject)];
  const [only] = conditions;
  if (only === undefined) return undefined;
  return conditions.length === 1 ? only : (who) => conditions.every((holds) => holds(who));
}

/** All users whom these subjects can mean; undefined when somebody else can be meant too. */
export function usersOf(subjects: readonly BindingSubject[]): ReadonlySet<string> | undefined {
  const users = new Set<string>();
  for (const subject of subjects) {
    const { user, names } = subject;
    const some = user !== '' ? [user] : names;
    const isListed = some.length > 0 && some.every((name) => isName(name));
    if (!isListed && compileSubject(subject) !== undefined) return undefined;
    for (const name of some) users.add(name);
  }
  return users;
}

function isName(user: string): boolean {
  return parsePattern(user).exact !== undefined && user !== anyAuthenticated;
}

function userConditions({ user, names, notNames }: BindingSubject): SubjectMatch[] {
  const conditions: SubjectMatch[] = [];
  const any = (users: readonly string[]): SubjectMatch => {
    const matches = compileUsers(users);
    return (who) => matches(who.user);
  };
  if (user !== '') conditions.push(any([user]));
  // An empty name is one that was forgotten. It must not stand for those without a name.
  if (names.length > 0) conditions.push(any(names.filter((name) => name !== '')));
  if (notNames.length > 0) conditions.push(not(any(notNames)));
  return conditions;
}

function compileUsers(users: readonly string[]): TextMatch {
  const matches = compileTexts(users);
  if (!users.includes(anyAuthenticated)) return matches;
  return (user) => user !== '' || matches(user);
}

function groupConditions({ group, groups, notGroups }: BindingSubject): SubjectMatch[] {
  const conditions: SubjectMatch[] = [];
  // Whole texts: a star within the name of a group is a star.
  const any = (names: readonly string[]): SubjectMatch =>
    names.includes('*') ? () => true : (who) => names.includes(who.groups);
  if (group !== '') conditions.push(any([group]));
  if (groups.length > 0) conditions.push(any(groups));
  if (notGroups.length > 0) conditions.push(not(any(notGroups)));
  return conditions;
}

function propertyConditions(subject: BindingSubject): SubjectMatch[] {
  const conditions: SubjectMatch[] = [];
  const add = (key: string, patterns: readonly string[], wanted = true): void => {
    if (patterns.length === 0) return;
    const matches = isAddressKey(key)
      ? compileAddressProperty(key, patterns)
      : compileProperty(key, compilePresent(patterns));
    conditions.push(({ properties }) => matches(properties) === wanted);
  };
  add('source.namespace', subject.namespaces);
  add('source.namespace', subject.notNamespaces, false);
  add('source.ip', subject.ips);
  add('source.ip', subject.notIps, false);
  for (const [key, pattern] of subject.properties) add(key, [pattern]);
  return conditions;
}

/** `*` asks for a property that is there: an instance can say "absent" only by an empty text. */
function compilePresent(patterns: readonly string[]): TextMatch {
  const matches = compileTexts(patterns);
  return patterns.includes('*') ? (text) => text !== '' : matches;
}

function not(matches: SubjectMatch): SubjectMatch {
  return (who) => !matches(who);
}
