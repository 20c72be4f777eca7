import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Address } from './address.js';
import type { Entry } from './entry.js';
import { FrameReader } from './frames.js';
import { Pipe } from './pipe.js';
import { createSender, type Sender, type SenderOptions } from './sender.js';

/** Where a session leads, and how it speaks. */
export interface SessionOptions extends Omit<SenderOptions, 'complained'> {
  readonly address: Address;
  readonly tls: ConnectionOptions | undefined;
  /** Hears once that the server wants a key that was not given: it takes nothing, and says nothing. */
  readonly wantsKey: () => void;
}

// The first bytes of a server that wants to be shown a key: an array of two, and the text HELO.
const helo = Buffer.from('92a448454c4f', 'hex');

/** One connection to the server. After its first failure it is over. */
export class Session {
  readonly #options: SessionOptions;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #pipe: Pipe;
  readonly #sender: Sender;
  #gathered: Buffer[] = [];
  #error: Error | undefined;
  #complaint = '';
  #fail: (error: Error) => void = () => undefined;

  private constructor(socket: Socket, options: SessionOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#pipe = new Pipe({
      send: (bytes) => {
        // What nobody answers goes out together, at the end of the batch.
        if (options.requireAck || this.#sender._status !== 'established') socket.write(bytes);
        else this.#gathered.push(bytes);
      },
      failed: (error) => {
        this.#end(this.#complaint === '' ? error : new Error(this.#complaint));
      },
    });
    this.#sender = createSender(this.#pipe, {
      ...options,
      complained: (text) => {
        this.#complaint = text;
      },
    });
    socket.on('data', (bytes: Buffer) => this.#receive(bytes));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the server closed the connection')));
  }

  /** Connects. Rejects when that fails, and when the signal is aborted. */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<Session> {
    const { address, tls } = options;
    const socket = tls === undefined ? connectTcp({ ...address }) : connectTls({ ...address, ...tls });
    try {
      await once(socket, tls === undefined ? 'connect' : 'secureConnect', { signal });
    } catch (error) {
      socket.on('error', () => undefined);
      socket.destroy();
      throw signal.aborted ? signal.reason : error;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    return new Session(socket, options);
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** Sends a batch. Gives what has not arrived for sure, and why; nothing when all has. */
  async send(
    batch: readonly Entry[],
    signal: AbortSignal,
  ): Promise<{ readonly left: readonly Entry[]; readonly error: Error } | undefined> {
    const left = new Set(batch);
    const abort = (): void => this.#end(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    signal.addEventListener('abort', abort, { once: true });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        if (this.#error !== undefined) throw this.#error;
        let open = batch.length;
        for (const entry of batch) {
          this.#sender.emit(entry.tag, entry, (error) => {
            if (error !== undefined) {
              this.#end(error);
              return;
            }
            if (this.#options.requireAck) left.delete(entry);
            open -= 1;
            if (open === 0) this.#write(resolve);
          });
        }
      });
      return undefined;
    } catch (cause) {
      return { left: [...left], error: cause instanceof Error ? cause : new Error(String(cause)) };
    } finally {
      signal.removeEventListener('abort', abort);
      this.#fail = () => undefined;
    }
  }

  close(): void {
    this.#end(new Error('closed'));
  }

  /** Writes what was gathered; `done` is not called when that fails. */
  #write(done: () => void): void {
    const bytes = this.#gathered;
    this.#gathered = [];
    if (bytes.length === 0) done();
    else this.#socket.write(Buffer.concat(bytes), (error) => (error instanceof Error ? undefined : done()));
  }

  #receive(bytes: Buffer): void {
    const { requireAck, security, wantsKey } = this.#options;
    if (security === undefined && bytes.subarray(0, helo.length).equals(helo)) wantsKey();
    // A server that is asked nothing has nothing to say.
    if (!requireAck && security === undefined) return;
    try {
      for (const frame of this.#reader.push(bytes)) this.#pipe.receive(frame);
    } catch (cause) {
      this.#end(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  #end(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#socket.destroy();
    this.#fail(error);
    this.#pipe.close();
    this.#sender._disconnect();
  }
}
