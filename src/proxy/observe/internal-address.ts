/** Whether Envoy counts an address, which must be one, as one of the inside: private or loopback. */
export function isInternalAddress(host: string): boolean {
  const plain = host.startsWith('::ffff:') ? host.slice(7) : host;
  if (!plain.includes(':')) return privateIpv4.test(plain);
  return plain === '::1' || privateIpv6.test(plain);
}

/** Whether an address is one of the machine itself. */
export function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.') || host.startsWith('::ffff:127.');
}

const privateIpv4 = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|127\.0\.0\.1$)/;
const privateIpv6 = /^fd/i;
