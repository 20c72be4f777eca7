/** What the xDS server uses of the outside world: tests lend their own. */
export interface XdsEnv {
  /** Milliseconds of the wall clock. */
  now(): number;
  /** Runs once; the answer cancels it. */
  after(millis: number, work: () => void): () => void;
  readonly log: XdsLog;
}

interface XdsLog {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
