import type { Instance, Value } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import { decodeParams, decodeResources, fakeCall, type FakeEnv, fakeEnv } from 'fairlead/testing';
import rbac from 'fairlead/adapters/rbac';
import type { RbacResources } from '../../../src/adapters/rbac/kinds.js';

/** A map as instances have it. */
export function bare(entries: Readonly<Record<string, Value>> = {}): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null) as Record<string, Value>, entries);
}

/** Who wants to do what; what is left out is `GET /` on `svc` in `ns` by nobody. */
export interface Asked {
  readonly user?: string;
  readonly groups?: string;
  readonly from?: Readonly<Record<string, Value>>;
  readonly namespace?: string;
  readonly service?: string;
  readonly method?: string;
  readonly path?: string;
  readonly to?: Readonly<Record<string, Value>>;
}

/** The instance that asks it. */
export function instanceOf(asked: Asked): Instance<typeof authorization> {
  const { user, groups, from, namespace = 'ns', service = 'svc', method = 'GET', path = '/', to } = asked;
  return {
    name: 'a.authorization.ns',
    subject: { user, groups, properties: bare(from) },
    action: { namespace, service, method, path, properties: bare(to) },
  };
}

/** Resources that must be sound. */
export function resourcesOf(yaml: string): RbacResources {
  const { resources, problems } = decodeResources(rbac, yaml);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return resources as RbacResources;
}

/** One resource in flow YAML, in namespace `ns`. */
export function doc(kind: string, name: string, spec: string, namespace = 'ns'): string {
  return `kind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${spec}\n---\n`;
}

/** A role with one rule, and a binding of it. */
export function roleFor(subject: string, rule: string, { name = 'r', mode = 'ENFORCED' } = {}): string {
  return (
    doc('ServiceRole', name, `{ rules: [${rule}] }`) +
    doc(
      'ServiceRoleBinding',
      `${name}-binding`,
      `{ mode: ${mode}, subjects: [${subject}], roleRef: { kind: ServiceRole, name: ${name} } }`,
    )
  );
}

/** Asks a handler of these resources; `text` is `allowed` or the status message. */
export async function open(yaml: string, params = '', env: FakeEnv = fakeEnv()) {
  const { config } = decodeParams(rbac, params);
  const resources = resourcesOf(yaml);
  const handler = await rbac.build({ name: 'h.ns', config, types: { authorization: new Map() }, resources, env });
  const ask = async (asked: Asked) => handler.handleAuthorization(instanceOf(asked), fakeCall());
  return { env, ask, text: async (asked: Asked) => (await ask(asked)).status?.message ?? 'allowed' };
}

export const denied = 'RBAC: permission denied.';
