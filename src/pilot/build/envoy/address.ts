import { isIP, isIPv6 } from 'node:net';
import type { CidrRange } from '../../../gen/envoy/config/core/v3/address.js';
import type { BuildContext } from './context.js';

interface Subnet {
  readonly address: string;
  readonly length: number;
}

/** Whether the proxy's machine can have addresses of a subnet: Envoy refuses IPv6 where there is none. */
export function isUsable(subnet: string, { view }: BuildContext): boolean {
  const parsed = parseSubnet(subnet);
  return parsed !== undefined && (!isIPv6(parsed.address) || view.proxy.ips.some((ip) => isIPv6(ip)));
}

/** Whether a text is one address, and no range of them. */
export function isOneAddress(text: string): boolean {
  return isIP(text) > 0;
}

/** Equal for subnets with the same addresses in them. */
export function subnetKey(text: string): string {
  const subnet = parseSubnet(text);
  if (subnet === undefined) return text;
  const bits = bytesOf(subnet.address).map((byte) => byte.toString(2).padStart(8, '0'));
  return `${bits.join('').slice(0, subnet.length)}/${bits.length * 8}`;
}

/** Whether all addresses of a subnet are among those of another one. */
export function isWithin(inner: string, outer: string): boolean {
  const [[some = '', size], [others = '', otherSize]] = [subnetKey(inner).split('/'), subnetKey(outer).split('/')];
  return size === otherSize && some.startsWith(others);
}

/**
 * The addresses of a service that a rule is for. The chains of the narrowest subnet are taken, and no others looked at,
 * so that a rule has to stand beside the service's own chain as well.
 */
export function ownWithin(own: readonly string[], wanted: readonly string[]): readonly string[] {
  const others = own.filter((address) => !wanted.includes(address));
  return wanted.length === 0 ? others : others.filter((address) => wanted.some((subnet) => isWithin(address, subnet)));
}

/** A subnet as Envoy takes it. */
export function rangeOf(text: string): CidrRange {
  const { address, length } = parseSubnet(text) ?? { address: text, length: 0 };
  return { addressPrefix: address, prefixLen: length };
}

function parseSubnet(text: string): Subnet | undefined {
  const [address = '', length] = text.split('/');
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  if (length === undefined) return { address, length: most };
  return /^\d{1,3}$/.test(length) && Number(length) <= most ? { address, length: Number(length) } : undefined;
}

function bytesOf(address: string): readonly number[] {
  if (!isIPv6(address)) return address.split('.').map(Number);
  // An URL has it in its one short form.
  const [head = '', tail] = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1).split('::');
  const groups = (part: string | undefined): string[] => (part ?? '').split(':').filter((group) => group !== '');
  const [before, behind] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - behind.length }, () => '0');
  return [...before, ...zeros, ...behind].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
