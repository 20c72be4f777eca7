import type { Address } from '../http/message.js';

/** What a connection begins with that comes by way of another proxy. */
export interface ProxyHeader {
  /** In bytes. */
  readonly length: number;
  /** Undefined when the proxy speaks for itself, or for somebody whose address it cannot tell. */
  readonly route: { readonly source: Address; readonly destination: Address } | undefined;
}
