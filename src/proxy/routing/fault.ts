import type { Fault } from '../../gen/fairlead/proxy/v1/route.js';
import { millisOf } from '../millis.js';
import type { CompiledFault } from './types.js';

const million = 1_000_000;

/** Delays and aborts a share of requests, each rolled by itself (mesh.md 2.1.8). */
export function compileFault(fault: Fault | undefined): CompiledFault | undefined {
  if (fault === undefined) return undefined;
  const delay = millisOf(fault.delay);
  const delayed = delay > 0 ? (fault.delayed?.perMillion ?? 0) : 0;
  const aborted = fault.abortCode > 0 ? (fault.aborted?.perMillion ?? 0) : 0;
  if (delayed === 0 && aborted === 0) return undefined;
  const reply = { status: fault.abortCode, body: 'fault filter abort', flag: 'FI', details: 'fault_filter_abort' };
  return {
    delayMillis: (random) => (hits(delayed, random) ? delay : undefined),
    abort: (random) => (hits(aborted, random) ? reply : undefined),
  };
}

function hits(perMillion: number, random: () => number): boolean {
  return perMillion >= million || (perMillion > 0 && random() * million < perMillion);
}
