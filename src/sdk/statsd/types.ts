import type { Address } from './address.js';
import type { Lookup } from './resolver.js';

/** How lines become packets. */
export interface SenderOptions {
  readonly address: Address;
  /** Lines share a packet up to so many bytes; 0 gives each its own. */
  readonly packetBytes: number;
  readonly lookup?: Lookup | undefined;
}

/** Sends lines by UDP. Nothing waits for it: what cannot be sent is lost, counted, and told in the log once in a while. */
export interface Sender {
  send(line: string): void;
  /** Sends what waits for its packet to become full. */
  flush(): void;
  close(): Promise<void>;
}
