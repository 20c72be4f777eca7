import { randomBytes } from 'node:crypto';
import fluentLogger from 'fluent-logger';
import type { Entry } from './entry.js';
import { MsgpackWriter } from './msgpack.js';
import type { Pipe } from './pipe.js';

/** What a client proves itself with. */
export interface Security {
  readonly clientHostname: string;
  readonly sharedKey: string;
  readonly username: string;
  readonly password: string;
}

/** How the library is to send. */
export interface SenderOptions {
  readonly eventMode: 'Message' | 'PackedForward';
  readonly requireAck: boolean;
  /** Longer than anyone waits: whoever waits sees to it that the waiting ends. */
  readonly ackTimeoutMillis: number;
  readonly security: Security | undefined;
  /** Hears what the library has to complain about. */
  readonly complained: (text: string) => void;
}

/** The library's sender, as far as it is used here. */
export interface Sender {
  emit(tag: string, entry: Entry, callback: (error?: Error) => void): void;
  /** `established` once keys are proved, or need not be. */
  _status: string | null;
  /** Makes it forget its socket. */
  _disconnect(): void;
}

/** The library's own seams: what it calls to connect, and to encode. */
interface Seams {
  _socket: Pipe | null;
  _doConnect(callback: () => void): void;
  _handshake(callback: () => void): void;
  _makeEventEntry(time: unknown, entry: Entry): Buffer;
  _makePacketItem(tag: string, time: unknown, entry: Entry): { packet: Buffer; options: { chunk?: string } };
}

/**
 * A sender of fluent-logger over a pipe of ours. The library keeps to the protocol: it groups by tag, names chunks,
 * checks acknowledgements, proves keys. The connection and the encoding of entries are ours (see {@link Pipe} and
 * {@link MsgpackWriter} for the reasons), and so are waiting and trying again: it does neither here.
 */
export function createSender(pipe: Pipe, options: SenderOptions): Sender {
  const { security } = options;
  const settings = {
    eventMode: options.eventMode,
    requireAckResponse: options.requireAck,
    ackResponseTimeout: options.ackTimeoutMillis,
    // All of a batch is handed over at once; waiting for more would be in vain.
    flushInterval: 1,
    enableReconnect: false,
    internalLogger: {
      info: () => undefined,
      error: (text: unknown) => options.complained(typeof text === 'string' ? text : ''),
    },
    ...(security && { security }),
  };
  const sender = fluentLogger.createFluentSender<Entry>('', settings) as unknown as Sender & Seams;
  const writer = new MsgpackWriter();
  sender._doConnect = (callback) => {
    sender._socket = pipe;
    if (security !== undefined) sender._handshake(callback);
    else {
      sender._status = 'established';
      callback();
    }
  };
  sender._makeEventEntry = (_time, { event }) => event;
  sender._makePacketItem = (tag, _time, { event }) => {
    const chunk = options.requireAck ? { chunk: randomBytes(16).toString('base64') } : {};
    return { packet: encodeMessage(writer, { tag, event, ...chunk }), options: chunk };
  };
  return sender;
}

/** A message of one entry, of four parts as Mixer sends them: tag, time, record, and nil or what is to be acknowledged. */
function encodeMessage(writer: MsgpackWriter, message: Entry & { readonly chunk?: string }): Buffer {
  writer.array(4);
  writer.string(message.tag);
  const head = writer.take();
  if (message.chunk === undefined) writer.nil();
  else {
    writer.map(1);
    writer.string('chunk');
    writer.string(message.chunk);
  }
  // Without the array that time and record are in.
  return Buffer.concat([head, message.event.subarray(1), writer.take()]);
}
