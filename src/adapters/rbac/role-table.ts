import { Grants } from './grants.js';
import type { BindingSubject, RbacResources } from './kinds.js';
import { type Action, compileRule } from './rule.js';
import { ServiceIndex } from './service-index.js';
import { compileSubjects, type Subject, usersOf } from './subject.js';

type Namespaces = Map<string, ServiceIndex<Grants>>;

const search = (grants: Grants, subject: Subject, action: Action): string | undefined => grants.find(subject, action);
const isThere = (): boolean => true;
const nothing = [undefined, undefined] as const;

/** Who may do what, by the namespace of the service. */
export class RoleTable {
  readonly #enforced: Namespaces;
  readonly #permissive: Namespaces;

  constructor(enforced: Namespaces, permissive: Namespaces) {
    this.#enforced = enforced;
    this.#permissive = permissive;
  }

  /** The role that allows it by a binding in force; undefined when none does. */
  findEnforced(subject: Subject, action: Action): string | undefined {
    return this.#enforced.get(action.namespace)?.find(action.service, search, [subject, action]);
  }

  /** The same by a binding that only tells. */
  findPermissive(subject: Subject, action: Action): string | undefined {
    return this.#permissive.get(action.namespace)?.find(action.service, search, [subject, action]);
  }

  /** Whether there are bindings that only tell, of roles for this service. */
  hasPermissive({ namespace, service }: Action): boolean {
    return this.#permissive.get(namespace)?.find(service, isThere, nothing) !== undefined;
  }
}

/**
 * Builds the table. A role counts in its own namespace and only through bindings there. `permissive` makes every
 * binding one that only tells.
 */
export function buildRoleTable(resources: RbacResources, permissive: boolean): RoleTable {
  const enforced = new Map<string, BindingSubject[]>();
  const telling = new Map<string, BindingSubject[]>();
  for (const { namespace, spec } of resources.ServiceRoleBinding) {
    const subjects = permissive || spec.mode === 'PERMISSIVE' ? telling : enforced;
    const key = keyOf(namespace, spec.roleRef.name);
    subjects.set(key, [...(subjects.get(key) ?? []), ...spec.subjects]);
  }
  return new RoleTable(grant(resources.ServiceRole, enforced), grant(resources.ServiceRole, telling));
}

/** The grants of the roles that have bindings. */
function grant(
  roles: RbacResources['ServiceRole'],
  subjectsOf: ReadonlyMap<string, readonly BindingSubject[]>,
): Namespaces {
  const namespaces: Namespaces = new Map();
  for (const { namespace, name: role, spec } of roles) {
    const subjects = subjectsOf.get(keyOf(namespace, role));
    if (subjects === undefined) continue;
    const isMeant = compileSubjects(subjects);
    const users = usersOf(subjects);
    const index = namespaces.get(namespace) ?? new ServiceIndex(() => new Grants());
    namespaces.set(namespace, index);
    for (const rule of spec.rules) {
      const one = { role, allows: compileRule(rule), isMeant };
      for (const grants of rule.services.flatMap((service) => index.bucketsOf(service))) grants.add(one, users);
    }
  }
  return namespaces;
}

function keyOf(namespace: string, role: string): string {
  return JSON.stringify([namespace, role]);
}
