import type { ServiceConfig } from '../client-config.js';
import type { ClientTime } from '../time.js';

/** What every middleware takes besides its filter. `R` is the framework's request. */
export interface MiddlewareOptions<R> {
  /** The service that a request is for: its configuration, kept, or the name of its destination. */
  readonly service?: (request: R) => ServiceConfig | string | undefined;
  /** The real time when left out. */
  readonly time?: ClientTime;
}
