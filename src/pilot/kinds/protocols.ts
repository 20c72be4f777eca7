/** What a port speaks. `AUTO` stands for not known: the traffic itself has to tell. */
export type Protocol = (typeof protocols)[number] | 'AUTO';

/** The protocols that configuration can name. */
export const protocols = [
  'HTTP',
  'HTTP2',
  'HTTPS',
  'GRPC',
  'GRPC-Web',
  'TLS',
  'TCP',
  'UDP',
  'MONGO',
  'REDIS',
  'MYSQL',
] as const;

const byName = new Map<string, Protocol>(protocols.map((protocol) => [protocol.toLowerCase(), protocol]));

/** Reads the name of a protocol, in any case; undefined when it is none. */
export function parseProtocol(text: string): Protocol | undefined {
  return byName.get(text.toLowerCase());
}

/** Whether requests can be told apart: HTTP in the clear, of any version. */
export function isHttp(protocol: Protocol): boolean {
  return protocol === 'HTTP' || protocol === 'HTTP2' || protocol === 'GRPC' || protocol === 'GRPC-Web';
}

/** Whether a name of the server can be read from the first bytes. */
export function isTls(protocol: Protocol): boolean {
  return protocol === 'HTTPS' || protocol === 'TLS';
}
