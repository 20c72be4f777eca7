import type { CheckResult, Env, Handler, Instance } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import { Answers, policyId, responseCode, type Shadow } from './answers.js';
import type { RbacConfig } from './config.js';
import type { RbacResources } from './kinds.js';
import { LineBudget } from './line-budget.js';
import { buildRoleTable, type RoleTable } from './role-table.js';
import type { Action } from './rule.js';
import { createScope, type Scope } from './scope.js';
import type { Subject } from './subject.js';

/** What a handler is made of. */
export interface RbacInput {
  readonly config: RbacConfig;
  readonly resources: RbacResources;
  readonly env: Env;
}

type Authorization = Instance<typeof authorization>;

/** Decides by the roles that the resources gave; a change of any of them makes another handler. */
export function createHandler(input: RbacInput): Handler<typeof authorization> {
  const authorizer = new Authorizer(input);
  return { handleAuthorization: (instance) => authorizer.decide(instance) };
}

class Authorizer {
  readonly #scope: Scope;
  readonly #table: RoleTable;
  readonly #answers: Answers;
  readonly #env: Env;
  readonly #shadows;
  readonly #budget: LineBudget;

  constructor({ config, resources, env }: RbacInput) {
    this.#env = env;
    this.#scope = createScope(resources);
    this.#table = buildRoleTable(resources, this.#scope.permissive);
    this.#answers = new Answers(config.cacheDuration);
    this.#shadows = env.metrics.counter(
      'rbac_permissive_responses_total',
      'What policies that are not in force would have answered.',
    );
    this.#budget = new LineBudget(env.clock);
  }

  decide(instance: Authorization): CheckResult {
    const action = toAction(instance);
    const missing = findMissing(action);
    if (!this.#isProtected(action, missing)) return this.#answers.of(true);
    const { permissive } = this.#scope;
    if (missing !== undefined) {
      this.#complain(instance.name, missing);
      return permissive ? this.#tell(true, { role: undefined }, action) : this.#answers.of(false);
    }
    const subject = toSubject(instance);
    const allowed = permissive || this.#table.findEnforced(subject, action) !== undefined;
    if (!permissive && !this.#table.hasPermissive(action)) return this.#answers.of(allowed);
    return this.#tell(allowed, { role: this.#table.findPermissive(subject, action) }, action);
  }

  #isProtected({ namespace, service }: Action, missing: keyof Action | undefined): boolean {
    if (this.#scope.off) return false;
    // Who knows what an instance without a target is about.
    return missing === 'namespace' || missing === 'service' || this.#scope.covers(namespace, service);
  }

  /** Counts and logs the shadow, and answers with it. */
  #tell(allowed: boolean, shadow: Shadow, { namespace, service, method, path }: Action): CheckResult {
    const labels = { response_code: responseCode(shadow), effective_policy_id: policyId(shadow) };
    this.#shadows.add(1, labels);
    const dropped = this.#budget.take();
    if (dropped !== undefined) {
      const fields = { ...labels, allowed, namespace, service, method, path };
      this.#env.log.info('permissive policy evaluated', dropped === 0 ? fields : { ...fields, dropped });
    }
    return this.#answers.of(allowed, shadow);
  }

  #complain(instance: string, missing: string): void {
    const dropped = this.#budget.take();
    if (dropped === undefined) return;
    const fields = { instance, missing: `action.${missing}` };
    this.#env.log.error('authorization instance is incomplete', dropped === 0 ? fields : { ...fields, dropped });
  }
}

function toAction({ action }: Authorization): Action {
  const { namespace = '', service = '', method = '', path = '', properties } = action;
  return { namespace, service, method, path, properties };
}

function toSubject({ subject }: Authorization): Subject {
  const { user = '', groups = '', properties } = subject;
  return { user, groups, properties };
}

/** The first field that is empty, those that say what is protected before the others. */
function findMissing({ namespace, service, method, path }: Action): keyof Action | undefined {
  if (namespace === '') return 'namespace';
  if (service === '') return 'service';
  if (path === '') return 'path';
  return method === '' ? 'method' : undefined;
}
