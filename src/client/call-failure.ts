import { MixerError } from '../util/errors.js';
import { rpc } from './rpc-codes.js';
import type { CallStatus } from './transport.js';

/** Why a call got no answer, as it is counted. */
export type FailureKind = 'timeout' | 'send' | 'other';

/** A call that got no answer but a status in the codes of google.rpc. */
export class CallFailure extends Error implements CallStatus {
  override readonly name = 'CallFailure';

  constructor(
    readonly code: number,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }

  /** Wraps whatever a transport rejected with. */
  static from(cause: unknown): CallFailure {
    if (cause instanceof CallFailure) return cause;
    if (cause instanceof MixerError) {
      return new CallFailure(cause.code === 'UNAVAILABLE' ? rpc.UNAVAILABLE : rpc.INTERNAL, cause.rawMessage, cause);
    }
    return new CallFailure(rpc.UNKNOWN, cause instanceof Error ? cause.message : String(cause), cause);
  }

  /**
   * The class of the failure. An Envoy on the way tells by the beginning of its message (mesh.md 1.11), a gRPC library by
   * the code.
   */
  get kind(): FailureKind {
    if (this.message.startsWith('upstream request timeout')) return 'timeout';
    if (this.message.startsWith('upstream connect error or disconnect/reset before headers')) return 'send';
    if (this.code === rpc.DEADLINE_EXCEEDED) return 'timeout';
    return this.code === rpc.UNAVAILABLE ? 'send' : 'other';
  }
}
