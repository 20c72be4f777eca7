import type { Headers } from '../../http/headers.js';
import type { KnownHeaders } from '../known-headers.js';
import { type B3, parseB3, parseSingleB3 } from './b3.js';
import type { ReceivedTrace, TraceContext } from './trace-context.js';
import { formatTraceParent, parseTraceParent } from './trace-parent.js';

/** Reads the trace that a request belongs to: B3 in its first or its single form, else W3C's. */
export function readTrace(known: KnownHeaders): ReceivedTrace {
  const { traceParent } = known;
  const parent = traceParent === undefined ? undefined : parseTraceParent(traceParent);
  const b3 = bestB3(known);
  const { traceId, spanId } = b3.traceId === undefined ? (parent ?? b3) : b3;
  return { traceId, spanId, sampled: b3.sampled ?? parent?.sampled, w3cTraceId: parent?.traceId };
}

/** Says to whoever is next that its parent is this hop's span: in B3's first form and in W3C's, in the single one if it came. */
export function writeTraceHeaders(headers: Headers, trace: TraceContext, known: KnownHeaders): void {
  const { traceId, spanId, parentSpanId, sampled } = trace;
  const decision = sampled ? '1' : '0';
  put(headers, 'x-b3-traceid', traceId, known.traceId !== undefined);
  put(headers, 'x-b3-spanid', spanId, known.spanId !== undefined);
  if (parentSpanId !== undefined) put(headers, 'x-b3-parentspanid', parentSpanId, known.hasParent);
  else if (known.hasParent) headers.remove('x-b3-parentspanid');
  put(headers, 'x-b3-sampled', decision, known.sampled !== undefined);
  if (known.single !== undefined) {
    const end = parentSpanId === undefined ? '' : `-${parentSpanId}`;
    headers.set('b3', `${traceId}-${spanId}-${decision}${end}`);
  }
  put(headers, 'traceparent', formatTraceParent(trace), known.traceParent !== undefined);
}

function bestB3(found: KnownHeaders): B3 {
  const multi = parseB3(found);
  if (multi.traceId !== undefined || found.single === undefined) return multi;
  const single = parseSingleB3(found.single);
  return { ...single, sampled: single.sampled ?? multi.sampled };
}

function put(headers: Headers, name: string, value: string, isThere: boolean): void {
  if (isThere) headers.set(name, value);
  else headers.add(name, value);
}
