import type { Exchange } from '../http/exchange.js';
import type { LocalReply } from '../http/message.js';

/** One link of the chain. What a filter keeps of a request goes into `exchange.state` under its name. */
export interface HttpFilter {
  readonly name: string;
  /** Looks at the head before it is forwarded, and may answer instead of the upstream. */
  onRequest?(exchange: Exchange, control: FilterControl): LocalReply | undefined | Promise<LocalReply | undefined>;
  /** Looks at the head of the answer, the upstream's or the proxy's own, before it is sent. Filters run backwards. */
  onResponse?(exchange: Exchange): void;
  /** Once, when all is over; backwards as well. */
  onEnd?(exchange: Exchange): void;
}

/** What a filter may do besides looking. */
export interface FilterControl {
  /** Resolves after a while, or as soon as the caller is gone. */
  wait(millis: number): Promise<void>;
  /** Chooses the route again, after a change of method, path or authority. */
  reroute(): void;
  /** Called when the caller goes away while the filter waits. */
  onGone(work: () => void): void;
}
