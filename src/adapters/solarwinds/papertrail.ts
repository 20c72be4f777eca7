import { hostname } from 'node:os';
import { type Env, type Instance, Timestamp } from 'fairlead/sdk';
import { createDelivery, type Delivery, type SendContext, type SendOutcome } from 'fairlead/sdk/delivery';
import type { logentry } from 'fairlead/templates';
import type { SolarwindsConfig } from './config.js';
import { createDatagramSender, type SendDatagrams } from './datagrams.js';
import { compilePayload } from './payload.js';
import { findProcessId } from './process-id.js';
import type { Receiver } from './receiver.js';
import { cleanHost, writeSyslogLine } from './syslog-line.js';

/** A datagram, and when it is no longer worth sending. */
interface Line {
  readonly bytes: Uint8Array;
  readonly until: number;
}

/** Logs on their way to Papertrail. */
export interface LogSink {
  /** Takes entries; the answer says what was wrong with some of them. */
  record(entries: readonly Instance<typeof logentry>[]): readonly string[];
  close(): Promise<void>;
}

const hourMillis = 3_600_000;
/** What a line costs besides its text. */
const overhead = 128;

const limits = {
  queue: { entries: 20_000, bytes: 16 * 2 ** 20 },
  batch: { entries: 200, bytes: 2 ** 20, millis: 500 },
  timeoutMillis: 5000,
  // Time ends the attempts, not their number.
  retry: { attempts: Infinity, firstMillis: 500, maxMillis: 15_000 },
};

/** Writes entries as lines of syslog, and sends them by UDP. */
export function createLogSink(config: SolarwindsConfig, env: Env, receiver: Receiver): LogSink {
  const payloads = new Map(
    Array.from(config.logs, ([name, { payloadTemplate }]) => [name, compilePayload(payloadTemplate)] as const),
  );
  const sender = { host: cleanHost(hostname()), program: programOf(findProcessId()) };
  const retentionMillis = retentionOf(config);
  const send = createDatagramSender(receiver, env.clock);
  const delivery: Delivery<Line> = createDelivery<Line>(env, {
    name: 'logs',
    overflow: 'oldest',
    ...limits,
    sizeOf: ({ bytes }) => bytes.length + overhead,
    send: (batch, context) => sendLines(batch, context, { send, now: () => env.clock.now() }),
  });
  return {
    record(entries) {
      const problems: string[] = [];
      const now = env.clock.now();
      const time = Timestamp.fromMillis(now);
      for (const { name, variables } of entries) {
        const payload = payloads.get(name)?.(variables, time);
        if (payload === undefined) problems.push(`got an unknown instance of log: ${name}`);
        else if (payload.problem !== undefined) problems.push(`payload of ${name}: ${payload.problem}`);
        const text = payload?.text.trim() ?? '';
        if (text === '') continue;
        delivery.offer({ bytes: writeSyslogLine(text, { time, ...sender }), until: now + retentionMillis });
      }
      return problems;
    },
    close: () => delivery.close(),
  };
}

async function sendLines(
  batch: readonly Line[],
  { signal }: SendContext,
  { send, now }: { readonly send: SendDatagrams; readonly now: () => number },
): Promise<SendOutcome<Line>> {
  const start = now();
  const fresh = batch.filter(({ until }) => until > start);
  const rejected = batch.length - fresh.length;
  const { sent, failure } = await send(
    fresh.map(({ bytes }) => bytes),
    signal,
  );
  const again = fresh.slice(sent);
  if (again.length === batch.length) throw failure;
  const reason = again.length > 0 ? textOf(failure) : 'lines waited for longer than papertrailLocalRetentionDuration';
  return again.length + rejected === 0 ? { kind: 'delivered' } : { kind: 'partial', again, rejected, reason };
}

function programOf(processId: string | undefined): string {
  return processId === undefined ? 'istio' : `istio[${processId}]`;
}

function retentionOf({ papertrailLocalRetentionDuration: duration }: SolarwindsConfig): number {
  const millis = duration.toMillis();
  return millis > 0 ? millis : hourMillis;
}

function textOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : String(failure);
}
