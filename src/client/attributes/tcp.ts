import { Duration, Timestamp, type Value } from '../../attributes/index.js';
import type { CheckOutcome } from '../mixer-client.js';
import { addConnectionAttributes, type ConnectionFacts } from './connection.js';
import { addCacheHits, addDenial, addUpstream, type UpstreamFacts } from './http-report.js';

/** What is known of a TCP connection when it is made. */
export interface TcpFacts {
  readonly connection: ConnectionFacts;
  /** `<uuid>-<n>`. */
  readonly id: string;
  readonly wallMillis: number;
}

/** How much went over a connection so far. */
export interface TcpBytes {
  readonly received: bigint;
  readonly sent: bigint;
}

/** What a connection has come to. */
export interface TcpSample {
  readonly bytes: TcpBytes;
  /** The upstream, else the local address. */
  readonly upstream?: UpstreamFacts;
}

/** What is known of a connection when it is reported. */
export interface TcpReportFacts extends TcpSample {
  readonly wallMillis: number;
  /** What the check said; undefined when there was none. */
  readonly outcome: CheckOutcome | undefined;
}

/** How often an open connection is reported: 10 s unless configured, at least 1 s (mesh.md 1.1). */
export function reportIntervalMillis(configured: number | undefined): number {
  return Math.max(1000, Math.trunc(configured ?? 10_000));
}

/** Adds the attributes of a connection that was made (mesh.md 1.5). */
export function addTcpAttributes(into: Map<string, Value>, { connection, id, wallMillis }: TcpFacts): void {
  addConnectionAttributes(into, connection);
  const { remoteAddress, peerPrincipal = '' } = connection;
  if (remoteAddress !== undefined) into.set('source.ip', remoteAddress);
  if (peerPrincipal !== '') {
    into.set('source.user', peerPrincipal);
    const namespace = /\/ns\/([^/]+)/.exec(peerPrincipal)?.[1];
    if (namespace !== undefined) into.set('source.namespace', namespace);
  }
  into.set('context.time', Timestamp.fromMillis(wallMillis));
  into.set('context.protocol', 'tcp');
  into.set('connection.id', id);
}

/** The reports of one connection, in order: open, any number of continue, close. */
export class TcpReports {
  readonly #base: ReadonlyMap<string, Value>;
  /** As of the last "continue": only that starts a new difference. */
  #counted: TcpBytes = { received: 0n, sent: 0n };

  constructor(base: ReadonlyMap<string, Value>) {
    this.#base = base;
  }

  open(facts: TcpReportFacts): Map<string, Value> {
    return this.#report('open', facts);
  }

  continue(facts: TcpReportFacts): Map<string, Value> {
    const report = this.#report('continue', facts);
    this.#counted = facts.bytes;
    return report;
  }

  close(facts: TcpReportFacts, durationMillis: number): Map<string, Value> {
    const report = this.#report('close', facts);
    report.set('connection.duration', Duration.fromMillis(durationMillis));
    addDenial(report, facts.outcome);
    return report;
  }

  #report(event: string, { bytes, wallMillis, outcome, upstream = {} }: TcpReportFacts): Map<string, Value> {
    const report = new Map(this.#base);
    report.set('connection.event', event);
    report.set('connection.received.bytes', bytes.received - this.#counted.received);
    report.set('connection.received.bytes_total', bytes.received);
    report.set('connection.sent.bytes', bytes.sent - this.#counted.sent);
    report.set('connection.sent.bytes_total', bytes.sent);
    report.set('context.time', Timestamp.fromMillis(wallMillis));
    addUpstream(report, upstream);
    addCacheHits(report, outcome);
    return report;
  }
}
