import { parseProtocol, type Protocol } from '../kinds/protocols.js';

/** Ports on which the server speaks first, so that waiting for the client to tell would wait for ever. */
const serverFirst = new Set([25, 53, 3306, 27_017]);

/** What a port speaks by its name: what stands before the first dash (mesh.md 3.1). */
export function protocolOfPort(name: string, number: number): Protocol {
  const lower = name.toLowerCase();
  if (lower === 'grpc-web' || lower.startsWith('grpc-web-')) return 'GRPC-Web';
  const known = parseProtocol(lower.split('-')[0] ?? '');
  return known ?? (serverFirst.has(number) ? 'TCP' : 'AUTO');
}
