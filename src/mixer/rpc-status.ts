import { rpcCode } from '../sdk/index.js';
import { type ErrorCode, MixerError } from '../util/errors.js';
import { RpcError } from './host.js';

/** The RPCs of `istio.mixer.v1.Mixer`. */
export type Rpc = 'Check' | 'Report';

interface Statuses {
  readonly Check: number;
  readonly Report: number;
}

const both = (status: number): Statuses => ({ Check: status, Report: status });

// What went wrong while a request was served, as gRPC says it (mixer-core.md 1.6, 1.7).
const statuses: Readonly<Record<ErrorCode, Statuses>> = {
  MALFORMED_MESSAGE: both(rpcCode.INTERNAL),
  DICTIONARY_MISMATCH: both(rpcCode.INTERNAL),
  PREPROCESS_FAILED: { Check: rpcCode.INTERNAL, Report: rpcCode.UNKNOWN },
  DISPATCH_FAILED: { Check: rpcCode.INTERNAL, Report: rpcCode.UNKNOWN },
  ADAPTER_FAILED: { Check: rpcCode.INTERNAL, Report: rpcCode.UNKNOWN },
  ADAPTER_TIMEOUT: { Check: rpcCode.INTERNAL, Report: rpcCode.UNKNOWN },
  ADAPTER_INVALID: { Check: rpcCode.INTERNAL, Report: rpcCode.UNKNOWN },
  LISTEN_FAILED: both(rpcCode.INTERNAL),
  USAGE: both(rpcCode.INTERNAL),
  UNAVAILABLE: both(rpcCode.UNAVAILABLE),
  INTERNAL: both(rpcCode.INTERNAL),
};

/** The gRPC status that a failure of this RPC is answered with. */
export function toRpcError(cause: unknown, rpc: Rpc): RpcError {
  if (cause instanceof RpcError) return cause;
  const error = MixerError.from(cause);
  return new RpcError(statuses[error.code][rpc], error.rawMessage);
}
