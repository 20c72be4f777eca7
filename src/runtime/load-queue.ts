interface Waiting<Input, Output> {
  input: Input;
  readonly promise: Promise<Output>;
  readonly settle: (work: Promise<Output>) => void;
}

/**
 * Runs one piece of work at a time and only ever the newest of those that wait: whoever submitted an older one gets
 * the newer one's outcome.
 */
export class LoadQueue<Input, Output> {
  #running: Promise<void> | undefined;
  #waiting: Waiting<Input, Output> | undefined;

  constructor(
    private readonly work: (input: Input) => Promise<Output>,
    /** What is left of two inputs when the later one comes before the earlier one was begun. */
    private readonly merge: (earlier: Input, later: Input) => Input,
  ) {}

  submit(input: Input): Promise<Output> {
    if (this.#waiting === undefined) this.#waiting = createWaiting(input);
    else this.#waiting.input = this.merge(this.#waiting.input, input);
    const { promise } = this.#waiting;
    if (this.#running === undefined) this.#next();
    return promise;
  }

  /** Resolves when nothing runs or waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  #next(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#running = undefined;
    if (waiting === undefined) return;
    const done = this.work(waiting.input);
    waiting.settle(done);
    this.#running = done.then(
      () => this.#next(),
      () => this.#next(), // Whoever submitted it has been told.
    );
  }
}

function createWaiting<Input, Output>(input: Input): Waiting<Input, Output> {
  let settle: (work: Promise<Output>) => void = () => undefined;
  const promise = new Promise<Output>((resolve) => {
    settle = resolve;
  });
  return { input, promise, settle };
}
