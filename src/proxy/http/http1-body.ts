import { Readable } from 'node:stream';

/** The body of a request while it comes. When the caller breaks off it closes without an end. */
export class Http1Body extends Readable {
  readonly #resume: () => void;

  /** `resume` is called when more is wanted. */
  constructor(resume: () => void) {
    super();
    this.#resume = resume;
  }

  override _read(): void {
    this.#resume();
  }
}
