import { MixerError } from '../../util/errors.js';
import type { NamespaceRoutes } from '../routing/table.js';
import { addFailures, allOf } from './calls.js';
import type { Engine } from './engine.js';
import { joinedError } from './failures.js';
import { type GeneratedSlots, type Misses, preprocess } from './preprocess.js';
import type { RequestBag } from './request-bag.js';
import type { Outcome } from './safe-call.js';
import { selectRoutes } from './select-routes.js';

/**
 * Collects the instances of all attribute sets of one Report, then delivers them. The bag may be changed for the next
 * set once `add` has returned, or its promise has settled. Sets are added one after the other.
 */
export interface Reporter {
  /** Takes one set of attributes. Never throws: what fails is told by `flush`. */
  add(bag: RequestBag): void | Promise<void>;
  /**
   * Calls each handler once with all its instances, and ends the reporter. Throws or rejects with one MixerError that
   * joins all that failed since the first `add`; what did not fail has been delivered.
   */
  flush(): void | Promise<void>;
}

/** The reporter of one routing table. */
export class TableReporter implements Reporter {
  readonly #engine: Engine;
  /** By destination index. */
  readonly #instances: (object[] | undefined)[];
  /** Indices of destinations that have instances. */
  readonly #touched: number[] = [];
  readonly #failures: string[] = [];
  #misses: Misses | undefined;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#instances = new Array<object[] | undefined>(engine.targets.length).fill(undefined);
  }

  add(bag: RequestBag): void | Promise<void> {
    const engine = this.#engine;
    const routes = selectRoutes(engine.table, bag);
    if (routes.steps.ATTRIBUTE_GENERATOR.length === 0) {
      this.#collect(bag, routes);
      return;
    }
    try {
      const generated = preprocess(engine, bag, routes, (this.#misses ??= new Map()));
      if (!(generated instanceof Promise)) {
        this.#collectGenerated(bag, generated);
        return;
      }
      return generated.then(
        (slots) => this.#collectGenerated(bag, slots),
        (cause: unknown) => this.#refuse(cause),
      );
    } catch (cause) {
      this.#refuse(cause);
    }
  }

  flush(): void | Promise<void> {
    const outcomes: (Outcome<object | true> | Promise<Outcome<object | true>>)[] = [];
    let pending = false;
    this.#touched.sort((a, b) => a - b);
    for (const index of this.#touched) {
      const instances = this.#instances[index]!;
      // The array is the adapter's from now on: it may keep or change it.
      this.#instances[index] = undefined;
      const outcome = this.#engine.targets[index]!.call(instances);
      if (outcome instanceof Promise) pending = true;
      outcomes.push(outcome);
    }
    this.#touched.length = 0;
    if (pending) return allOf(outcomes).then((all) => this.#end(all));
    this.#end(outcomes);
  }

  /** Builds the instances while the generated attributes are there, which the next set must not see. */
  #collectGenerated(bag: RequestBag, generated: GeneratedSlots): void {
    try {
      this.#collect(bag, selectRoutes(this.#engine.table, bag));
    } finally {
      for (const slot of generated) bag.overlay(slot, undefined);
    }
  }

  #collect(bag: RequestBag, routes: NamespaceRoutes): void {
    const { evaluation } = this.#engine;
    const steps = routes.steps.REPORT;
    let matched = 0;
    let built = 0;
    for (let at = 0; at < steps.length; at++) {
      const step = steps[at]!;
      if (!evaluation.matches(step, bag)) continue;
      matched++;
      const { builders } = step;
      for (let next = 0; next < builders.length; next++) {
        const instance = evaluation.build(builders[next]!, bag);
        if (typeof instance === 'string') {
          this.#failures.push(instance);
          continue;
        }
        built++;
        this.#keep(step.destination.index, instance);
      }
    }
    this.#engine.countSizes(matched, built);
  }

  #keep(index: number, instance: object): void {
    const instances = this.#instances[index];
    if (instances !== undefined) {
      instances.push(instance);
      return;
    }
    this.#instances[index] = [instance];
    this.#touched.push(index);
  }

  #refuse(cause: unknown): void {
    // Anything else is a bug of ours, and not the handlers' to answer for.
    if (!(cause instanceof MixerError)) throw cause;
    this.#failures.push(cause.rawMessage);
  }

  #end(outcomes: readonly unknown[]): void {
    addFailures(this.#failures, outcomes);
    if (this.#failures.length > 0) throw joinedError('DISPATCH_FAILED', '', this.#failures.splice(0));
  }
}
