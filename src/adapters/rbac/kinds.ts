import { type Infer, type OwnResources, s } from 'fairlead/sdk';

const texts = (doc: string) => s.list(s.string(), doc);

/** Who may do what: the rules of a role. All fields of a rule that are given must match, each by any of its values. */
const serviceRole = s.message({
  rules: s.list(
    s.message({
      services: texts('Names of services.'),
      hosts: texts('Hosts asked for: property request.host.'),
      notHosts: texts('Hosts that are excepted.'),
      paths: texts('Paths; none given means all.'),
      notPaths: texts('Paths that are excepted.'),
      methods: texts('Methods; none given means all.'),
      notMethods: texts('Methods that are excepted.'),
      ports: s.list(s.int32(), 'Ports asked for: property destination.port.'),
      notPorts: s.list(s.int32(), 'Ports that are excepted.'),
      constraints: s.list(
        s.message({ key: s.string('', 'A property of the action.'), values: texts('What it may be.') }),
        'Conditions on properties of the action, all of which must hold.',
      ),
    }),
    'What the role may do; any rule will do.',
  ),
});

const modes = { 0: 'ENFORCED', 1: 'PERMISSIVE' } as const;

/** Who has a role. All fields of a subject that are given must match. */
const serviceRoleBinding = s.message({
  subjects: s.list(
    s.message({
      user: s.string('', 'The user; * is anybody, allAuthenticatedUsers anybody with a name.'),
      names: texts('Users, any of them.'),
      notNames: texts('Users who are excepted.'),
      group: s.string('', 'The group; * is any.'),
      groups: texts('Groups, any of them.'),
      notGroups: texts('Groups that are excepted.'),
      namespaces: texts('Namespaces of the caller: property source.namespace.'),
      notNamespaces: texts('Namespaces that are excepted.'),
      ips: texts('Addresses or CIDR ranges of the caller: property source.ip.'),
      notIps: texts('Addresses that are excepted.'),
      properties: s.map(s.string(), new Map(), 'Properties of the subject, all of which must match.'),
    }),
    'Who has the role; any subject will do.',
  ),
  roleRef: s.message({ kind: s.string(), name: s.string() }),
  mode: s.enum(modes, 'ENFORCED', 'PERMISSIVE only tells what the binding would do.'),
});

const target = s.message({ services: texts('Names of services.'), namespaces: texts('Namespaces of services.') });

/** What is protected at all. */
const rbacScope = s.message({
  mode: s.enum({ 0: 'OFF', 1: 'ON', 2: 'ON_WITH_INCLUSION', 3: 'ON_WITH_EXCLUSION' }, 'OFF'),
  inclusion: target,
  exclusion: target,
  enforcementMode: s.enum(modes, 'ENFORCED', 'PERMISSIVE only tells what all bindings would do.'),
});

/** The kinds that the adapter reads, of group rbac.istio.io. */
export const rbacKinds = {
  ServiceRole: serviceRole,
  ServiceRoleBinding: serviceRoleBinding,
  ClusterRbacConfig: rbacScope,
  RbacConfig: rbacScope,
} as const;

export type RbacResources = OwnResources<typeof rbacKinds>;
export type RoleRule = Infer<typeof serviceRole>['rules'][number];
export type BindingSubject = Infer<typeof serviceRoleBinding>['subjects'][number];
export type RbacScope = Infer<typeof rbacScope>;
