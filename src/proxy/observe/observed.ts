import type { Exchange } from '../http/exchange.js';
import type { Address } from '../http/message.js';
import type { TraceContext } from './trace/trace-context.js';

/** What observing filters keep of a request. */
export interface Observed {
  /** The span of this hop; undefined when the chain does not trace. */
  trace: TraceContext | undefined;
  /** Where the request began as far as that is believed: the connection, or the last of `x-forwarded-for`. */
  remote: Address | undefined;
  /** What the span is called, by the route or the peer; undefined until someone says so. */
  operation: string | undefined;
  /** Whether the statistics have counted it in. */
  counted: boolean;
}

const key = 'observe';

/** Who called, as far as that is believed. */
export function callerOf(exchange: Exchange): string {
  return (observedOf(exchange).remote ?? exchange.downstream.remote).host;
}

/** The notes of a request, which are begun when there are none. */
export function observedOf({ state }: Exchange): Observed {
  const known = state.get(key) as Observed | undefined;
  if (known !== undefined) return known;
  const observed: Observed = { trace: undefined, remote: undefined, operation: undefined, counted: false };
  state.set(key, observed);
  return observed;
}
