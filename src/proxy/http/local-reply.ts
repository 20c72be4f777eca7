import type { LocalReply, RequestHead, ResponseHead } from './message.js';
import { Headers } from './headers.js';

const internal = 13;
const unknown = 2;
const unavailable = 14;
// What a status of HTTP is for callers that speak gRPC, as in Envoy.
const grpcStatuses = new Map([
  [400, internal],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, unavailable],
  [502, unavailable],
  [503, unavailable],
  [504, unavailable],
]);

/** The head and the body of an answer of the proxy's own; gRPC callers get it as a status. */
export function createLocalReply(
  reply: LocalReply,
  request: RequestHead,
): { head: ResponseHead; body: Buffer | undefined } {
  const headers = new Headers([...(reply.headers ?? [])]);
  const text = reply.body ?? '';
  if (isGrpc(request.headers)) {
    const status = reply.status === 200 ? 0 : (grpcStatuses.get(reply.status) ?? unknown);
    headers.set('content-type', 'application/grpc');
    headers.set('grpc-status', String(status));
    if (text !== '') headers.set('grpc-message', encodeMessage(text));
    return { head: { status: 200, headers }, body: undefined };
  }
  const body = Buffer.from(text);
  headers.set('content-length', String(body.length));
  if (body.length > 0 && !headers.has('content-type')) headers.set('content-type', 'text/plain');
  return {
    head: { status: reply.status, headers },
    body: body.length === 0 || request.method === 'HEAD' ? undefined : body,
  };
}

/** Only what gRPC asks for: callers differ in what else they decode. */
function encodeMessage(text: string): string {
  return text.replaceAll(/[^ -$&-~]+/g, (part) => encodeURIComponent(Buffer.from(part).toString()));
}

/** By its content type: `application/grpc`, or with `+proto` and the like. */
export function isGrpc(headers: Headers): boolean {
  const type = headers.get('content-type');
  return type !== undefined && type.startsWith('application/grpc') && !/^[a-z-]/.test(type.slice(16));
}
