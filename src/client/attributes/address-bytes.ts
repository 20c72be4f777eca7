import ipaddr from 'ipaddr.js';

/** The 4 or 16 bytes of an address; those of an IPv4 one when it comes in IPv6 form. Undefined when it is none. */
export function addressBytes(text: string | undefined): Uint8Array | undefined {
  if (text === undefined || !ipaddr.isValid(text)) return undefined;
  return Uint8Array.from(ipaddr.process(text).toByteArray());
}
