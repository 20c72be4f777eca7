import type { Address, Downstream } from '../../http/message.js';
import type { UpstreamEndpoint } from '../../upstream/types.js';
import { type Operator, plain } from './operator.js';
import { formatFlags } from './response-flags.js';
import { compileTime } from './start-time.js';

/** What requests and connections have in common. */
export interface Common {
  readonly downstream: Downstream;
  readonly startedAt: number;
  readonly started: number;
  readonly ended: number | undefined;
  readonly endpoint: UpstreamEndpoint | undefined;
  readonly flags: ReadonlySet<string>;
  readonly received: number;
  readonly sent: number;
  readonly upstreamFailure: string | undefined;
}

/** The operators whose values do not depend on a protocol. */
export const commonOperators: readonly (readonly [name: string, operator: Operator<Common>])[] = [
  ['START_TIME', startTime],
  ['DURATION', plain(({ started, ended }) => (ended === undefined ? undefined : wholeMillis(ended - started)))],
  ['BYTES_RECEIVED', plain(({ received }) => String(received))],
  ['BYTES_SENT', plain(({ sent }) => String(sent))],
  ['RESPONSE_FLAGS', plain(({ flags }) => formatFlags(flags))],
  ['UPSTREAM_HOST', plain(({ endpoint }) => endpoint?.name)],
  ['UPSTREAM_TRANSPORT_FAILURE_REASON', plain(({ upstreamFailure }) => cleanText(upstreamFailure))],
  ['DOWNSTREAM_LOCAL_ADDRESS', plain(({ downstream }) => addressText(localOf(downstream)))],
  ['DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT', plain(({ downstream }) => localOf(downstream).host)],
  ['DOWNSTREAM_DIRECT_REMOTE_ADDRESS', plain(({ downstream }) => addressText(downstream.remote))],
  ['DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT', plain(({ downstream }) => downstream.remote.host)],
  ['DOWNSTREAM_PEER_URI_SAN', plain(({ downstream }) => joined(downstream.tls?.peerUris))],
  ['DOWNSTREAM_LOCAL_URI_SAN', plain(({ downstream }) => joined(downstream.tls?.localUris))],
  // Envoy knows these; here nobody keeps what they tell.
  ...[
    ...['UPSTREAM_LOCAL_ADDRESS', 'REQUEST_DURATION', 'HOSTNAME', 'DOWNSTREAM_LOCAL_SUBJECT'],
    ...['DOWNSTREAM_PEER_SUBJECT', 'DOWNSTREAM_PEER_ISSUER', 'DOWNSTREAM_PEER_SERIAL', 'DOWNSTREAM_PEER_CERT'],
    ...['DOWNSTREAM_PEER_FINGERPRINT_256', 'DOWNSTREAM_TLS_SESSION_ID', 'DOWNSTREAM_TLS_CIPHER'],
    ...['DOWNSTREAM_TLS_VERSION'],
  ].map((name) => [name, plain<Common>(() => undefined)] as const),
];

/** Whole milliseconds, rounded down. */
export function wholeMillis(millis: number): string {
  return String(Math.max(0, Math.floor(millis)));
}

/** `host:port`, with brackets around addresses of version 6. */
export function addressText({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A text of a peer's without what could begin another line. */
export function cleanText(text: string | undefined): string | undefined {
  return text !== undefined && control.test(text) ? text.replaceAll(allControl, '?') : text;
}

function startTime(argument: string | undefined): (subject: Common) => string {
  const write = compileTime(argument);
  return ({ startedAt }) => write(startedAt);
}

/** Where the connection wanted to go, as behind Envoy's redirection. */
function localOf({ local, destination }: Downstream): Address {
  return destination ?? local;
}

function joined(texts: readonly string[] | undefined): string | undefined {
  return texts === undefined || texts.length === 0 ? undefined : cleanText(texts.join(','));
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const control = /[\u0000-\u001f\u007f]/;
const allControl = new RegExp(control.source, 'g');
