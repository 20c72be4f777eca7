import { type ChannelCredentials, Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';

import { MixerError } from '../util/errors.js';
import { encodeForwarded, forwardedHeader } from './attributes/forwarded.js';
import { CallFailure } from './call-failure.js';
import { rpc } from './rpc-codes.js';
import type { AttributeSet, CallLimits, CheckAnswer, CheckCall, ReportBuffer, Transport } from './transport.js';
import { decodeCheckResponse } from './wire/decode-check-response.js';
import { encodeCheckRequest, ReportEncoder } from './wire/encode-requests.js';
import { fullWordCount, shrunkWordCount } from './wire/message-words.js';

/** How a Mixer is reached over gRPC. */
export interface GrpcTransportOptions {
  /** Without encryption when left out. */
  readonly credentials?: ChannelCredentials;
  /** Sent along with every call, so that a proxy before the Mixer knows the caller: `source.uid` of this node. */
  readonly sourceUid?: string;
}

const checkPath = '/istio.mixer.v1.Mixer/Check';
const reportPath = '/istio.mixer.v1.Mixer/Report';
/** A Mixer takes messages of 1 MiB; a batch of long headers is sent in parts, with room for one more set in each. */
const largestReport = 800_000;

/**
 * Reaches a Mixer at `host:port`, `tcp://host:port` or `unix://path` over gRPC, `:authority` being `mixer`. Of several
 * IP addresses with ports, separated by commas, it takes the first that answers. Opens no socket before a call.
 *
 * @throws MixerError USAGE when the target is no address.
 */
export function createGrpcTransport(target: string, options: GrpcTransportOptions = {}): Transport {
  return new GrpcTransport(connect(target, options), options.sourceUid);
}

class GrpcTransport implements Transport {
  readonly #client: Client;
  readonly #metadata = new Metadata();
  #wordCount = fullWordCount;

  constructor(client: Client, sourceUid: string | undefined) {
    this.#client = client;
    if (sourceUid !== undefined)
      this.#metadata.set(forwardedHeader, encodeForwarded(new Map([['source.uid', sourceUid]])));
  }

  async check(call: CheckCall, limits: CallLimits): Promise<CheckAnswer> {
    const bytes = await this.#call(checkPath, encodeCheckRequest(call, this.#wordCount), limits);
    try {
      return decodeCheckResponse(bytes, call.attributes);
    } catch (cause) {
      throw new CallFailure(rpc.INTERNAL, 'the answer is no CheckResponse', cause);
    }
  }

  async report(sets: readonly AttributeSet[], limits: CallLimits): Promise<void> {
    const sent: Promise<void>[] = [];
    let buffer = this.beginReport();
    for (const set of sets) {
      if (buffer.isFull) {
        sent.push(buffer.send(limits));
        buffer = this.beginReport();
      }
      buffer.add(set);
    }
    await Promise.all([...sent, buffer.send(limits)]);
  }

  beginReport(): ReportBuffer {
    const encoder = new ReportEncoder(this.#wordCount);
    return {
      get isFull() {
        return encoder.size >= largestReport;
      },
      add: (set) => {
        encoder.add(set);
      },
      send: async (limits) => {
        await this.#call(reportPath, encoder.finish(), limits);
      },
    };
  }

  close(): void {
    this.#client.close();
  }

  #call(path: string, request: Buffer, { signal, timeoutMillis }: CallLimits): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      // The library's own deadline is what the server is told; the client's signal comes at the same time or before.
      const deadline = Date.now() + timeoutMillis;
      const done = (error: ServiceError | null, response?: Buffer): void => {
        signal.removeEventListener('abort', cancel);
        if (error === null && response !== undefined) resolve(response);
        else reject(this.#toFailure(error));
      };
      const call = this.#client.makeUnaryRequest(path, same, same, request, this.#metadata, { deadline }, done);
      const cancel = (): void => {
        call.cancel();
      };
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
  }

  /** A Mixer that does not know our dictionary gets its old part from now on (mesh.md 1.8). */
  #toFailure(error: ServiceError | null): CallFailure {
    if (error === null) return new CallFailure(rpc.INTERNAL, 'no answer');
    const isRefused =
      (error.code as number) === rpc.INVALID_ARGUMENT &&
      error.details.startsWith('Request could not be processed due to invalid');
    if (isRefused) this.#wordCount = shrunkWordCount;
    return new CallFailure(error.code, error.details, error);
  }
}

function connect(target: string, options: GrpcTransportOptions): Client {
  try {
    return new Client(toGrpcTarget(target), options.credentials ?? credentials.createInsecure(), {
      'grpc.default_authority': 'mixer',
    });
  } catch (error) {
    throw new MixerError('USAGE', `'${target}' is no address of a Mixer: give host:port or unix://path`, error);
  }
}

function toGrpcTarget(target: string): string {
  if (target.startsWith('unix://')) return `unix:${target.slice('unix://'.length)}`;
  const plain = target.startsWith('tcp://') ? target.slice('tcp://'.length) : target;
  if (!plain.includes(',')) return plain;
  // The library takes lists of one family only.
  const addresses = plain.split(',');
  const ipv4 = addresses.filter((address) => !address.startsWith('['));
  return ipv4.length > 0 ? `ipv4:${ipv4.join(',')}` : `ipv6:${plain}`;
}

function same(bytes: Buffer): Buffer {
  return bytes;
}
