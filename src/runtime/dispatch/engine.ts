import type { Host } from '../host/host.js';
import { LogLimiter } from '../host/log-limiter.js';
import type { RoutingTable } from '../routing/table.js';
import type { Targets } from './calls.js';
import { Evaluation } from './evaluation.js';
import { SafeCall } from './safe-call.js';

/** What all operations on one routing table share; everything that could be resolved beforehand is. */
export class Engine {
  readonly host: Host;
  readonly table: RoutingTable;
  readonly targets: Targets;
  readonly evaluation: Evaluation;
  /** Holds back lines about quotas, whose names clients make up. */
  readonly quotaLog: LogLimiter;

  constructor(table: RoutingTable, host: Host) {
    this.host = host;
    this.table = table;
    const targets: SafeCall[] = [];
    for (const destination of table.destinations) targets[destination.index] = new SafeCall(destination, host);
    this.targets = targets;
    this.evaluation = new Evaluation(host);
    this.quotaLog = new LogLimiter(host.monotonic);
  }

  /** Counts one operation: actions that matched, instances that were built. */
  countSizes(matched: number, built: number): void {
    this.host.stats.destinationsPerRequest.observe(matched);
    this.host.stats.instancesPerRequest.observe(built);
  }
}
