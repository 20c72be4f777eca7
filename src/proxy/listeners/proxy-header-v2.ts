import { addressOf } from './plain-address.js';
import type { ProxyHeader } from './proxy-header-type.js';
import { bad, found, more, type Verdict } from './verdict.js';

export const binarySignature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

const fixed = 16;
// What every receiver has to take, and more than any sender needs without TLVs of its own.
const longest = 536;
const version = 2;
const commands = { local: 0, proxy: 1 };
const stream = 1;
// Bytes of one address, by family. Those of sockets in the file system name nobody.
const addressBytes: readonly (number | undefined)[] = [0, 4, 16, 108];

/** Reads the binary form. What follows the addresses, as TLVs, is skipped. */
export function parseBinaryHeader(bytes: Buffer): Verdict<ProxyHeader> {
  if (bytes.length < fixed) return more(fixed);
  const length = fixed + bytes.readUInt16BE(14);
  const [versionAndCommand, familyAndProtocol] = [bytes[12]!, bytes[13]!];
  const command = versionAndCommand & 15;
  if (versionAndCommand >> 4 !== version) return bad('PROXY header has an unknown version');
  if (command > commands.proxy) return bad('PROXY header has an unknown command');
  if (length > longest) return bad('PROXY header is too long');
  if (command === commands.local) return bytes.length < length ? more(length) : found({ length, route: undefined });
  const problem = findProblem(familyAndProtocol, length);
  if (problem !== undefined) return bad(problem);
  if (bytes.length < length) return more(length);
  return found({ length, route: readRoute(bytes, addressBytes[familyAndProtocol >> 4]!) });
}

function findProblem(familyAndProtocol: number, length: number): string | undefined {
  const size = addressBytes[familyAndProtocol >> 4];
  const protocol = familyAndProtocol & 15;
  if (size === undefined || protocol > 2) return 'PROXY header has an unknown family';
  if (size > 0 && protocol !== stream) return 'PROXY header is not of a stream';
  return length < fixed + neededBytes(size) ? 'PROXY header is too short' : undefined;
}

function neededBytes(size: number): number {
  return size * 2 + (isOfNetwork(size) ? 4 : 0);
}

function isOfNetwork(size: number): boolean {
  return size === 4 || size === 16;
}

function readRoute(bytes: Buffer, size: number): ProxyHeader['route'] {
  if (!isOfNetwork(size)) return undefined;
  const [source, destination, ports] = [fixed, fixed + size, fixed + size * 2];
  return {
    source: { host: addressOf(bytes.subarray(source, destination)), port: bytes.readUInt16BE(ports) },
    destination: { host: addressOf(bytes.subarray(destination, ports)), port: bytes.readUInt16BE(ports + 2) },
  };
}
