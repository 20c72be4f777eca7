export { type Address, parseAddress } from './address.js';
export { openSender } from './open-sender.js';
export type { Lookup } from './resolver.js';
export type { Sender, SenderOptions } from './types.js';
