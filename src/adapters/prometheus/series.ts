/** Where one value came from: the label that leads there, and the value itself. */
export interface Exemplar {
  /** For example `trace_id`. */
  readonly label: string;
  readonly text: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What one label set of a metric has gathered. */
export interface Series {
  /** The counter's or gauge's value; a distribution's sum. */
  value: number;
  /** Observations by bucket, the last one up to infinity; undefined unless it is a distribution. */
  readonly counts: number[] | undefined;
  /** Milliseconds since the epoch of the last update. */
  touched: number;
  /** The latest exemplar of each bucket, a counter's at 0; undefined until there is one. */
  exemplars: (Exemplar | undefined)[] | undefined;
  /** How many series of the metric were made before this one. */
  readonly birth: number;
  /** What it costs of the metric's limit. */
  readonly weight: number;
}
