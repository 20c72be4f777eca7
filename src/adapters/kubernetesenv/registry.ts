import type { Workload } from './workload.js';

/** What a handler asks. Answers at once, from memory. */
export interface Registry {
  /** How many workloads are known. */
  readonly size: number;
  /** By the value of a uid attribute. */
  byUid(uid: string): Workload | undefined;
  byIp(ip: Uint8Array): Workload | undefined;
}

/** A registry as one handler holds it. */
export interface HeldRegistry {
  readonly registry: Registry;
  /** Lets go; resolves when nothing is left behind. Twice does no harm. */
  readonly close: () => Promise<void>;
}
