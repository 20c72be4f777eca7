import { Cluster_Discovery, Cluster_LoadBalancer } from '../../../../src/gen/fairlead/proxy/v1/cluster.js';
import { ChainMatch_Transport, Direction, Tracing_Operation } from '../../../../src/gen/fairlead/proxy/v1/listener.js';
import { TlsVersion } from '../../../../src/gen/fairlead/proxy/v1/tls.js';

const enums: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  discovery: Cluster_Discovery,
  loadBalancer: Cluster_LoadBalancer,
  transport: ChainMatch_Transport,
  direction: Direction,
  operation: Tracing_Operation,
  minVersion: TlsVersion,
  maxVersion: TlsVersion,
};

/** A message as plain data without what is left at its default, durations as text and enums by name. */
export function plain(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return enums[key]?.[value] ?? value;
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (Array.isArray(value)) return value.map((item) => plain(item, key));
  if (typeof value !== 'object' || value === null) return value;
  if ('seconds' in value && 'nanos' in value) return `${Number(value.seconds) + Number(value.nanos) / 1e9}s`;
  const entries = Object.entries(value).filter(([, one]) => !isDefault(one));
  return Object.fromEntries(entries.map(([name, one]) => [name, plain(one, name)]));
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === '' || value === 0 || value === false || value === 0n;
}
