/** What the upstream side uses of the world, lent by whoever makes it; tests turn time by hand. */
export interface UpstreamEnv {
  /** Milliseconds. */
  readonly clock: { now(): number };
  readonly schedule: {
    after(millis: number, work: () => void): () => void;
    every(millis: number, work: () => void): () => void;
  };
  /** From 0 to below 1. */
  random(): number;
  /** Addresses of a name; rejects when there is no answer, which is not the same as none. */
  resolveDns(name: string): Promise<readonly string[]>;
  readFile(path: string): Promise<Buffer>;
}
