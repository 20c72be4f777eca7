import type { References } from '../../attributes/index.js';
import { rpcCode } from '../../sdk/index.js';
import type { CheckDecision, QuotaDecision } from '../decision.js';
import type { Host } from '../host/host.js';
import type { NamespaceRoutes, RoutingTable } from '../routing/table.js';
import { runChecks } from './check.js';
import type { CombinedCheck } from './combine-checks.js';
import { Engine } from './engine.js';
import { preprocess } from './preprocess.js';
import { type CheckRequest, type QuotaOptions, runQuotas } from './quota.js';
import { type Reporter, TableReporter } from './reporter.js';
import type { RequestBag } from './request-bag.js';
import { selectRoutes } from './select-routes.js';

export type { CheckRequest };

/**
 * Runs requests on one routing table. Answers at once when all adapters did. Knows nothing of snapshots: whoever holds
 * one sees to it that handlers live as long as their calls.
 */
export class Dispatcher {
  readonly #engine: Engine;

  constructor(table: RoutingTable, host: Host) {
    this.#engine = new Engine(table, host);
  }

  /**
   * Decides a Check: generators, checks, and quotas if the checks are OK (mixer-core.md 1.6). Throws or rejects with
   * MixerError PREPROCESS_FAILED or DISPATCH_FAILED; a denial is a decision like any other. The bag must be left alone
   * until the decision is there, and keeps its overlays.
   */
  check(bag: RequestBag, request: CheckRequest): CheckDecision | Promise<CheckDecision> {
    const engine = this.#engine;
    const routes = selectRoutes(engine.table, bag);
    if (routes.steps.ATTRIBUTE_GENERATOR.length === 0) return this.#decide(bag, request, routes);
    const generated = preprocess(engine, bag, routes);
    // What was generated may have moved the request to another namespace (mixer-core.md 5.6).
    if (!(generated instanceof Promise)) return this.#decide(bag, request, selectRoutes(engine.table, bag));
    return generated.then(() => this.#decide(bag, request, selectRoutes(engine.table, bag)));
  }

  /** A reporter for one Report. */
  reporter(): Reporter {
    return new TableReporter(this.#engine);
  }

  #decide(bag: RequestBag, request: CheckRequest, routes: NamespaceRoutes): CheckDecision | Promise<CheckDecision> {
    const saved = request.quotas.length === 0 ? undefined : bag.saveReferences();
    const combined = runChecks(this.#engine, bag, routes);
    if (!(combined instanceof Promise)) return this.#finish({ bag, request, routes, saved, combined });
    return combined.then((one) => this.#finish({ bag, request, routes, saved, combined: one }));
  }

  #finish(checked: Checked): CheckDecision | Promise<CheckDecision> {
    const references = checked.bag.captureReferences();
    const { combined, request } = checked;
    if (request.quotas.length === 0 || combined.status.code !== rpcCode.OK) {
      return decisionOf(combined, references, noQuotas);
    }
    const quotas = runQuotas(this.#engine, checked);
    return quotas instanceof Promise
      ? quotas.then((all) => decisionOf(combined, references, all))
      : decisionOf(combined, references, quotas);
  }
}

interface Checked extends QuotaOptions {
  readonly combined: CombinedCheck;
}

function decisionOf(
  { status, validDuration, validUseCount, directive }: CombinedCheck,
  references: References,
  quotas: readonly QuotaDecision[],
): CheckDecision {
  return { status, validDuration, validUseCount, references, directive, quotas };
}

const noQuotas: readonly QuotaDecision[] = Object.freeze([]);
