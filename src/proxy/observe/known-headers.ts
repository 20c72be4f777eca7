import type { Headers } from '../http/headers.js';

/** The headers that completing a request asks for, found in one walk. Of copies, the first counts. */
export interface KnownHeaders {
  requestId: string | undefined;
  /** All values, joined. */
  forwardedFor: string | undefined;
  forwardedProto: string | undefined;
  /** All values, joined. */
  clientCert: string | undefined;
  hasInternal: boolean;
  traceId: string | undefined;
  spanId: string | undefined;
  sampled: string | undefined;
  flags: string | undefined;
  hasParent: boolean;
  single: string | undefined;
  traceParent: string | undefined;
  hasTraceState: boolean;
}

type Note = (known: KnownHeaders, value: string) => void;

const notes: ReadonlyMap<string, Note> = new Map<string, Note>([
  ['x-request-id', (known, value) => void (known.requestId ??= value)],
  [
    'x-forwarded-for',
    (known, value) => {
      known.forwardedFor = known.forwardedFor === undefined ? value : `${known.forwardedFor},${value}`;
    },
  ],
  ['x-forwarded-proto', (known, value) => void (known.forwardedProto ??= value)],
  [
    'x-forwarded-client-cert',
    (known, value) => {
      known.clientCert = known.clientCert === undefined ? value : `${known.clientCert},${value}`;
    },
  ],
  ['x-envoy-internal', (known) => void (known.hasInternal = true)],
  ['x-b3-traceid', (known, value) => void (known.traceId ??= value)],
  ['x-b3-spanid', (known, value) => void (known.spanId ??= value)],
  ['x-b3-sampled', (known, value) => void (known.sampled ??= value)],
  ['x-b3-flags', (known, value) => void (known.flags ??= value)],
  ['x-b3-parentspanid', (known) => void (known.hasParent = true)],
  ['b3', (known, value) => void (known.single ??= value)],
  ['traceparent', (known, value) => void (known.traceParent ??= value)],
  ['tracestate', (known) => void (known.hasTraceState = true)],
]);
const [b, t, x] = [0x62, 0x74, 0x78];

/** Looks at each header once: most names tell by their first letter that they are none of these. */
export function readKnownHeaders({ raw }: Headers): KnownHeaders {
  const known: KnownHeaders = {
    requestId: undefined,
    forwardedFor: undefined,
    forwardedProto: undefined,
    clientCert: undefined,
    hasInternal: false,
    traceId: undefined,
    spanId: undefined,
    sampled: undefined,
    flags: undefined,
    hasParent: false,
    single: undefined,
    traceParent: undefined,
    hasTraceState: false,
  };
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const first = name.charCodeAt(0);
    if (first === x || first === t || first === b) notes.get(name)?.(known, raw[index + 1]!);
  }
  return known;
}
