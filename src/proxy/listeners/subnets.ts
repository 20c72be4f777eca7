import ipaddr from 'ipaddr.js';

/** One more than the length of the longest prefix that an address has; undefined when it is in none. */
export type Subnets = (host: string) => number | undefined;

/**
 * Compiles a list of subnets, or of addresses, which are subnets of one.
 *
 * @throws Error for what is neither.
 */
export function compileSubnets(texts: readonly string[]): Subnets {
  const subnets = texts.map(parseSubnet).sort((one, other) => other[1] - one[1]);
  return (host) => {
    if (!ipaddr.isValid(host)) return undefined;
    const address = ipaddr.process(host);
    const found = subnets.find(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
    return found === undefined ? undefined : found[1] + 1;
  };
}

function parseSubnet(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch (cause) {
    throw new Error(`'${text}' is no subnet`, { cause });
  }
}
