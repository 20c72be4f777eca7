import ipaddr from 'ipaddr.js';

/** An IP address as it is usually written; one of IPv4 in the clothes of IPv6 without them. */
export function plainAddress(text: string): string {
  // Most are of IPv4, and as they should be.
  return text.includes(':') ? ipaddr.process(text).toString() : text;
}

/** The same of 4 or 16 bytes. */
export function addressOf(bytes: Uint8Array): string {
  const address = ipaddr.fromByteArray([...bytes]);
  return plainAddress(address.toString());
}
