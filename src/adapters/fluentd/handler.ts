import type { BuildInput, Duration, Env, Handler } from 'fairlead/sdk';
import { createDelivery, type SendContext, type SendOutcome } from 'fairlead/sdk/delivery';
import type { logentry } from 'fairlead/templates';
import { parseAddress } from './address.js';
import type { FluentdConfig } from './config.js';
import { createEncoder, type Entry, sizeOfEntry } from './entry.js';
import { readSecurity, readTls } from './files.js';
import { Session, type SessionOptions } from './session.js';

type Input = BuildInput<FluentdConfig, typeof logentry>;

const minute = 60_000;
const defaultEntries = 65_536;
const defaultBatchBytes = 8_388_608;
// Sent in one go, so that no request waits long behind it.
const mostPerBatch = 500;

/** Encodes the entries of a call and leaves the rest to the delivery. */
export async function createHandler({ config, env }: Input): Promise<Handler<typeof logentry>> {
  const largest = Number(config.maxBatchSizeBytes) || defaultBatchBytes;
  const entries = Number(config.instanceBufferSize) || defaultEntries;
  const options = await createOptions(config, env);
  const encode = createEncoder({ ...config, now: () => env.clock.now() });
  const line = new Line(options);
  const delivery = createDelivery<Entry>(env, {
    name: 'logs',
    sizeOf: sizeOfEntry,
    queue: { entries, bytes: 2 * largest },
    // Half of the queue, so that there is room while a batch is on its way.
    batch: {
      entries: Math.min(mostPerBatch, Math.ceil(entries / 2)),
      bytes: largest,
      millis: millisOf(config.pushIntervalDuration),
    },
    timeoutMillis: millisOf(config.pushTimeoutDuration),
    // A server never refuses an entry for good, so it is the queue that forgets, not the number of attempts.
    retry: { attempts: 1000, firstMillis: 500, maxMillis: 15_000 },
    circuit: { failures: 3, openMillis: 5000 },
    send: (batch, context) => line.send(batch, context),
  });
  return {
    handleLogEntry: (instances) => {
      let lost = 0;
      for (const instance of instances) {
        const entry = encode(instance);
        // One that is too large is counted and logged, as Mixer does; it is no failure of the call.
        if (!delivery.offer(entry) && sizeOfEntry(entry) <= largest) lost += 1;
      }
      if (lost === 0) return;
      const count = lost === 1 ? '' : ` (${lost} of ${instances.length})`;
      throw new Error(`fluentd instance buffer full; dropping log entry${count}`);
    },
    close: async () => {
      await delivery.close();
      line.close();
    },
  };
}

/** The connection, made when there is something to send and made anew after a failure. */
class Line {
  readonly #options: SessionOptions;
  #session: Session | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  async send(batch: readonly Entry[], { signal }: SendContext): Promise<SendOutcome<Entry>> {
    try {
      if (this.#session?.isOver !== false) this.#session = await Session.open(this.#options, signal);
      const rest = await this.#session.send(batch, signal);
      if (rest === undefined) return { kind: 'delivered' };
      const reason = this.#reasonOf(rest.error);
      if (rest.left.length === batch.length) return { kind: 'retry', reason };
      return { kind: 'partial', reason, again: rest.left, rejected: 0 };
    } catch (cause) {
      return { kind: 'retry', reason: this.#reasonOf(cause) };
    }
  }

  close(): void {
    this.#session?.close();
  }

  #reasonOf(cause: unknown): string {
    const { host, port } = this.#options.address;
    // A connection tried at several addresses fails with a code and no message.
    const { code, message } = cause as NodeJS.ErrnoException;
    return `${host}:${port}: ${code ?? message}`;
  }
}

async function createOptions(config: FluentdConfig, env: Env): Promise<SessionOptions> {
  let isTold = false;
  return {
    address: parseAddress(config.address) ?? { host: 'localhost', port: 24_224 },
    tls: await readTls(config),
    security: await readSecurity(config),
    eventMode: config.eventMode === 'MESSAGE' ? 'Message' : 'PackedForward',
    requireAck: config.requireAck,
    // Twice as long as the delivery waits: its time is the one that counts.
    ackTimeoutMillis: 2 * millisOf(config.pushTimeoutDuration),
    wantsKey: () => {
      if (!isTold)
        env.log.error('the server wants a shared key and takes nothing without', { address: config.address });
      isTold = true;
    },
  };
}

function millisOf(duration: Duration): number {
  return duration.toMillis() || minute;
}
