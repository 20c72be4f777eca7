import { StatsD } from 'hot-shots';
import type { Env } from '../env.js';
import { Resolver } from './resolver.js';
import type { Sender, SenderOptions } from './types.js';

/** What the types of hot-shots leave out: a line that is complete already. */
interface LineClient {
  send(line: string): void;
}

const logMillis = 60_000;
/** How long closing waits for an address that was never known. */
const closeMillis = 1_000;
/** The timer of hot-shots: it never fires, as the host's scheduler is used instead. */
const never = 2_147_483_647;

export function createSender({ address, packetBytes, lookup }: SenderOptions, env: Env): Sender {
  const resolver = new Resolver(env.clock, lookup);
  const client = new StatsD({
    host: address.host,
    port: address.port,
    protocol: 'udp',
    maxBufferSize: packetBytes,
    bufferFlushInterval: never,
    closingFlushInterval: 1,
    errorHandler: createErrorHandler(env),
    udpSocketOptions: { type: address.host.includes(':') ? 'udp6' : 'udp4', lookup: resolver.lookup },
    // What it would add of its own accord, or because of environment variables.
    includeDataDogTags: false,
    datadog: false,
    includeDatadogTelemetry: false,
  });
  const lines = client as unknown as LineClient;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    // Flushed apart: a packet that fails while hot-shots closes would leave its socket open.
    client.flush();
    const stop = env.schedule.after(closeMillis, () => resolver.close(address.host));
    await resolver.settled();
    stop();
    resolver.close(address.host);
    await new Promise<void>((resolve) => client.close(() => resolve()));
  };
  return {
    send: (line) => lines.send(line),
    flush: () => client.flush(),
    close: () => (closing ??= close()),
  };
}

function createErrorHandler(env: Env): (error: NodeJS.ErrnoException) => void {
  const failed = env.metrics.counter('failed_packets_total', 'Packets that could not be sent, by cause.');
  let silentUntil = -Infinity;
  let silent = 0;
  return (error) => {
    const code = error.code ?? 'unknown';
    failed.add(1, { cause: code });
    const now = env.clock.now();
    if (now < silentUntil) {
      silent += 1;
      return;
    }
    env.log.warn('could not send metrics', { cause: error.message, since: silent });
    silentUntil = now + logMillis;
    silent = 0;
  };
}
