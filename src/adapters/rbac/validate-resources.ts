import type { ReportResourceProblem } from 'fairlead/sdk';
import { compileAddress } from './address-match.js';
import type { RbacResources } from './kinds.js';
import { isAddressKey } from './property.js';
import { findScope } from './scope.js';
import { compileSubject } from './subject.js';

/** Finds bindings without a role, rules and subjects that can never match, and configurations that do not count. */
export function validateResources(resources: RbacResources, report: ReportResourceProblem): void {
  validateRoles(resources, report);
  validateBindings(resources, report);
  validateScopes(resources, report);
}

function validateRoles({ ServiceRole: roles }: RbacResources, report: ReportResourceProblem): void {
  for (const role of roles) {
    for (const [index, { services, constraints }] of role.spec.rules.entries()) {
      const at = `rules[${index}]`;
      if (services.length === 0) report(role, at, 'the rule names no services and never matches', 'warning');
      for (const [position, { key, values }] of constraints.entries()) {
        const below = `${at}.constraints[${position}]`;
        if (isAddressKey(key)) findBadAddresses(values, (item, text) => report(role, `${below}.values[${item}]`, text));
      }
    }
  }
}

function validateBindings(resources: RbacResources, report: ReportResourceProblem): void {
  const roles = new Map<string, Set<string>>();
  for (const { namespace, name } of resources.ServiceRole) {
    roles.set(namespace, (roles.get(namespace) ?? new Set()).add(name));
  }
  for (const binding of resources.ServiceRoleBinding) {
    const { kind, name } = binding.spec.roleRef;
    const known = roles.get(binding.namespace);
    if (kind !== 'ServiceRole') report(binding, 'roleRef.kind', `must be ServiceRole, not "${kind}"`);
    else if (name === '') report(binding, 'roleRef.name', 'must name a role');
    else if (known === undefined) {
      report(binding, 'roleRef.name', `there is no ServiceRole in namespace '${binding.namespace}'`);
    } else if (!known.has(name)) {
      report(binding, 'roleRef.name', `there is no ServiceRole '${name}' in namespace '${binding.namespace}'`);
    }
    validateSubjects(binding, report);
  }
}

function validateSubjects(binding: RbacResources['ServiceRoleBinding'][number], report: ReportResourceProblem): void {
  const { subjects } = binding.spec;
  if (subjects.length === 0) report(binding, 'subjects', 'the binding names nobody', 'warning');
  for (const [index, subject] of subjects.entries()) {
    const at = `subjects[${index}]`;
    if (compileSubject(subject) === undefined) report(binding, at, 'the subject names nobody', 'warning');
    for (const [item, name] of subject.names.entries()) {
      if (name === '') report(binding, `${at}.names[${item}]`, 'the name is empty and means nobody', 'warning');
    }
    for (const field of ['ips', 'notIps'] as const) {
      findBadAddresses(subject[field], (item, text) => report(binding, `${at}.${field}[${item}]`, text));
    }
    for (const [key, value] of subject.properties) {
      if (!isAddressKey(key)) continue;
      findBadAddresses([value], (_item, text) => report(binding, `${at}.properties[${JSON.stringify(key)}]`, text));
    }
  }
}

function validateScopes(resources: RbacResources, report: ReportResourceProblem): void {
  const scope = findScope(resources);
  for (const one of [...resources.ClusterRbacConfig, ...resources.RbacConfig]) {
    if (one !== scope) {
      const counting = scope === undefined ? '' : ` ('${scope.name}.${scope.namespace}' does)`;
      const message = `has no effect${counting}: a ClusterRbacConfig named default counts, else an RbacConfig named default in istio-system`;
      report(one, '', message, 'warning');
    } else if (one.spec.mode === 'ON_WITH_INCLUSION') {
      const { services, namespaces } = one.spec.inclusion;
      if (services.length + namespaces.length > 0) continue;
      report(one, 'inclusion', 'includes nothing, so that everything is allowed', 'warning');
    }
  }
}

function findBadAddresses(values: readonly string[], report: (index: number, message: string) => void): void {
  for (const [index, value] of values.entries()) {
    if (compileAddress(value) === undefined) report(index, `must be an IP address or a CIDR range, not "${value}"`);
  }
}
