import { Duration, stringify, type Value } from 'fairlead/sdk';
import type { HttpMapping } from './config.js';
import type { Values } from './resource.js';
import { cleanText } from './text.js';

const maxTextLength = 8192;
const billion = 1_000_000_000n;

/** An HTTP request as Cloud Logging has it. A variable that is not there, or has another type, is left out. */
export function httpRequestOf(mapping: HttpMapping, variables: Values): object {
  const status = int64Of(variables[mapping.status]);
  return {
    requestMethod: textOf(variables[mapping.method]),
    requestUrl: textOf(variables[mapping.url]),
    requestSize: int64Of(variables[mapping.requestSize]),
    // An int32, where all other integers are text.
    status: status === undefined ? undefined : Number(BigInt.asIntN(32, BigInt(status))),
    responseSize: int64Of(variables[mapping.responseSize]),
    userAgent: textOf(variables[mapping.userAgent]),
    remoteIp: addressOf(variables[mapping.remoteIp]),
    serverIp: addressOf(variables[mapping.localIp]),
    referer: textOf(variables[mapping.referer]),
    latency: latencyOf(variables[mapping.latency]),
  };
}

function textOf(value: Value | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? cleanText(value, maxTextLength) : undefined;
}

function int64Of(value: Value | undefined): string | undefined {
  return typeof value === 'bigint' ? String(value) : undefined;
}

function addressOf(value: Value | undefined): string | undefined {
  return value === undefined ? undefined : cleanText(stringify(value), maxTextLength);
}

/** Seconds, as JSON has durations. */
function latencyOf(value: Value | undefined): string | undefined {
  if (!(value instanceof Duration)) return undefined;
  const nanos = value.toNanos();
  if (nanos < 0n) return undefined;
  const fraction = (nanos % billion).toString().padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${nanos / billion}s` : `${nanos / billion}.${fraction}s`;
}
