import { fileURLToPath } from 'node:url';
import type { MethodDefinition, ServiceDefinition } from '@grpc/proto-loader';
import { loadSync } from '@grpc/proto-loader';

/** What OTLP carries. */
export type Signal = 'traces' | 'metrics' | 'logs';

/** Plain data: 64-bit integers and what is no finite number are texts, ids hexadecimal, empty lists are left out. */
export type Plain = Readonly<Record<string, unknown>>;

const file = fileURLToPath(new URL('otlp.proto', import.meta.url));
const definitions = loadSync(file, { longs: String });
const services = { traces: 'otlp.Traces', metrics: 'otlp.Metrics', logs: 'otlp.Logs' } as const;

/** The method of a signal, with an encoding that is not the adapter's. */
export function methodOf(signal: Signal): MethodDefinition<object, object> {
  return (definitions[services[signal]] as ServiceDefinition)['Export']!;
}

/** Reads an export request in protobuf. */
export function decodeProtobuf(signal: Signal, bytes: Uint8Array): Plain {
  return tidy(methodOf(signal).requestDeserialize(Buffer.from(bytes))) as Plain;
}

/** Reads an export request in JSON. */
export function decodeJson(text: string): Plain {
  return tidy(JSON.parse(text)) as Plain;
}

/** Writes an answer in protobuf. */
export function encodeResponse(partialSuccess: { rejected?: number; errorMessage?: string }): Buffer {
  return methodOf('traces').responseSerialize({ partialSuccess });
}

function tidy(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(kept.map(([key, inner]) => [key, tidy(inner)]));
}
