import { labelText, metricHead, sampleLine } from './exposition.js';
import { Histogram } from './histogram.js';

/** Upper bounds in seconds and in pieces (mixer-core.md 6.11). */
const durationBounds = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;
const sizeBounds = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20] as const;

/** What is counted about the calls of one handler for one template. */
export class CallStats {
  readonly succeeded = new Histogram(durationBounds);
  readonly failed = new Histogram(durationBounds);

  constructor(
    readonly handler: string,
    readonly adapter: string,
    readonly template: string,
  ) {}

  /** Counts one call. A denial is a success; a failure is what made Mixer itself unable to answer. */
  record(failed: boolean, seconds: number): void {
    (failed ? this.failed : this.succeeded).observe(seconds);
  }
}

/**
 * All that dispatching counts. Lives in the host, so that the numbers survive changes of configuration; a table looks
 * its entries up once, when it is made.
 */
export class DispatchStats {
  readonly destinationsPerRequest = new Histogram(sizeBounds);
  readonly instancesPerRequest = new Histogram(sizeBounds);
  /** Rules skipped because their match had no value. */
  conditionErrors = 0;
  readonly #calls = new Map<string, CallStats>();

  /** The entry for a (handler, adapter, template); always the same object for the same three names. */
  calls(handler: string, adapter: string, template: string): CallStats {
    const key = JSON.stringify([handler, adapter, template]);
    let entry = this.#calls.get(key);
    if (entry === undefined) {
      entry = new CallStats(handler, adapter, template);
      this.#calls.set(key, entry);
    }
    return entry;
  }

  entries(): Iterable<CallStats> {
    return this.#calls.values();
  }

  /** The Prometheus text of everything counted here. */
  render(): string {
    const total = 'mixer_runtime_dispatches_total';
    const duration = 'mixer_runtime_dispatch_duration_seconds';
    let totals = metricHead(total, 'counter', 'Calls of adapters.');
    let durations = metricHead(duration, 'histogram', 'Duration of calls of adapters in seconds.');
    for (const entry of this.#calls.values()) {
      for (const [error, histogram] of [
        ['false', entry.succeeded],
        ['true', entry.failed],
      ] as const) {
        const { count } = histogram;
        if (count === 0) continue;
        const labels = labelText([
          ['meshFunction', entry.template],
          ['handler', entry.handler],
          ['adapter', entry.adapter],
          ['error', error],
        ]);
        totals += sampleLine(total, labels, count);
        durations += histogram.render(duration, labels);
      }
    }
    return totals + durations + this.#renderSizes();
  }

  #renderSizes(): string {
    const destinations = 'mixer_dispatcher_destinations_per_request';
    const instances = 'mixer_dispatcher_instances_per_request';
    const errors = 'mixer_dispatcher_condition_errors_total';
    return (
      metricHead(destinations, 'histogram', 'Rule actions matched per operation.') +
      this.destinationsPerRequest.render(destinations, '') +
      metricHead(instances, 'histogram', 'Instances built per operation.') +
      this.instancesPerRequest.render(instances, '') +
      metricHead(errors, 'counter', 'Rules skipped because their match could not be evaluated.') +
      sampleLine(errors, '', this.conditionErrors)
    );
  }
}
