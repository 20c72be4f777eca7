import type { Log } from '../../sdk/index.js';

type Fields = Readonly<Record<string, unknown>>;

/** A log that names the handler in every line, and that no adapter can make throw. */
export class HandlerLog implements Log {
  readonly #log: Log;
  readonly #handler: string;
  readonly #prefix: string;

  constructor(log: Log, owner: { readonly handler: string; readonly adapter: string }) {
    this.#log = log;
    this.#handler = owner.handler;
    this.#prefix = `adapter/${owner.adapter}: `;
  }

  get debugEnabled(): boolean {
    return this.#log.debugEnabled;
  }

  debug(message: string, fields?: Fields): void {
    if (this.#log.debugEnabled) this.#log.debug(this.#prefix + message, this.#named(fields));
  }

  info(message: string, fields?: Fields): void {
    this.#log.info(this.#prefix + message, this.#named(fields));
  }

  warn(message: string, fields?: Fields): void {
    this.#log.warn(this.#prefix + message, this.#named(fields));
  }

  error(message: string, fields?: Fields): void {
    this.#log.error(this.#prefix + message, this.#named(fields));
  }

  #named(fields: Fields | undefined): Fields {
    return { ...fields, handler: this.#handler };
  }
}
