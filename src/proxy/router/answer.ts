import { isGrpc } from '../http/local-reply.js';
import type { Headers } from '../http/headers.js';
import type { RequestHead, ResponseHead } from '../http/message.js';

/** A status in the head is gRPC's answer without messages: callers want the stream to end there. */
export function mayHaveBody({ method }: RequestHead, { status, headers }: ResponseHead): boolean {
  if (method === 'HEAD' || status === 204 || status === 205 || status === 304) return false;
  return !headers.has('grpc-status') || !isGrpc(headers) || (headers.get('content-length') ?? '0') !== '0';
}

/** For callers of gRPC, UNAVAILABLE and DEADLINE_EXCEEDED are what 503 and 504 are for others. */
export function isGatewayFailure({ status, headers }: ResponseHead, grpcStatus: number | undefined): boolean {
  if (status >= 502 && status <= 504) return true;
  return (grpcStatus === 14 || grpcStatus === 4) && isGrpc(headers);
}

/** What a head says of the end of a call, where it is all there is. */
export function grpcStatusOf(headers: Headers): number | undefined {
  const text = headers.get('grpc-status');
  return text === undefined ? undefined : Number(text);
}
