import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type Duplex, pipeline } from 'node:stream';
import type { LocalReply, ResponseHead } from '../http/message.js';
import { replies } from '../http/flags.js';
import { Headers } from '../http/headers.js';
import type { Incoming } from '../http/incoming.js';
import { headersOf } from '../http/raw-headers.js';
import type { UpstreamEndpoint } from '../upstream/types.js';
import { UpstreamError } from '../upstream/upstream-error.js';
import { mayHaveBody } from './answer.js';
import type { ForwardTo, Run } from './types.js';

const switching = 101;

interface TunnelParts {
  readonly run: Run;
  readonly incoming: Incoming;
  readonly endpoint: UpstreamEndpoint;
  readonly forward: ForwardTo;
  /** Others must not be led around all that looks at requests. */
  readonly isHttpProxy: boolean;
  /** The head of the answer, before it is sent; or the two sides are joined. */
  readonly onHead: (head: ResponseHead, isJoined: boolean) => void;
}

interface Tunnel extends TunnelParts {
  readonly signal: AbortSignal;
}

/** The answer for a caller whose tunnel does not come about. */
export class ReplyError extends Error {
  constructor(readonly reply: LocalReply) {
    super(reply.details ?? reply.body ?? String(reply.status));
  }
}

/**
 * Connects the caller with an endpoint, byte by byte: after CONNECT at once, after an upgrade when the endpoint agrees.
 * `ended` resolves when both sides have ended, or the endpoint has answered with something else, and rejects with
 * ReplyError when it does not come that far. Cancelled, nothing more is sent to the caller, unless they are joined.
 */
export function startTunnel(parts: TunnelParts): { readonly ended: Promise<void>; readonly cancel: () => void } {
  const stop = new AbortController();
  return { ended: tunnel({ ...parts, signal: stop.signal }), cancel: () => stop.abort() };
}

async function tunnel(to: Tunnel): Promise<void> {
  const { run, incoming, forward, isHttpProxy, signal } = to;
  const isConnect = incoming.upgrade === 'connect';
  const isAllowed = isConnect ? isHttpProxy : incoming.upgrade === 'websocket' && forward.forward.websocket;
  if (!isAllowed) throw new ReplyError({ status: 403, details: 'upgrade_failed' });
  const socket = await reach(to);
  if (isConnect) return join(to, socket, { status: 200, headers: new Headers() });
  const { response, isUpgraded } = await ask(to, socket);
  if (signal.aborted) {
    socket.destroy();
    return;
  }
  const head = { status: response.statusCode ?? 502, headers: headersOf(response.rawHeaders) };
  if (isUpgraded) return join(to, socket, head);
  // The caller would take what follows for the other protocol, and we what it says for requests.
  if (head.status === switching) {
    socket.destroy();
    throw failure(to, replies.protocol);
  }
  for (const name of ['connection', 'transfer-encoding', 'keep-alive']) head.headers.remove(name);
  to.onHead(head, false);
  run.sendHead(head, mayHaveBody(run.exchange.request, head));
  await passOn(to, response);
  run.finish();
}

async function reach(to: Tunnel): Promise<Duplex> {
  const { run, endpoint, signal } = to;
  try {
    return await endpoint.connect(signal);
  } catch (error) {
    run.exchange.upstreamFailure = error instanceof Error ? error.message : String(error);
    if (error instanceof UpstreamError && error.kind === 'overflow') throw new ReplyError(replies.overflow);
    throw failure(to, replies.connectFailure);
  }
}

/** For what the endpoint is to blame. One that was cancelled has been counted by then. */
function failure({ endpoint, signal }: Tunnel, reply: LocalReply): ReplyError {
  if (!signal.aborted) endpoint.record('gateway-failure');
  return new ReplyError(reply);
}

/** The body of an answer that is no upgrade, as fast as the caller takes it. */
async function passOn({ run, incoming, signal }: Tunnel, response: IncomingMessage): Promise<void> {
  signal.addEventListener('abort', () => incoming.onDrain?.());
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      run.exchange.sent += chunk.length;
      if (!incoming.write(chunk)) await new Promise<void>((resolve) => (incoming.onDrain = resolve));
    }
    incoming.end();
  } catch {
    if (signal.aborted) return;
    run.exchange.flags.add('UR');
    incoming.reset();
  }
}

/** Sends the request for the other protocol, and waits for the answer. */
function ask(to: Tunnel, socket: Duplex): Promise<{ response: IncomingMessage; isUpgraded: boolean }> {
  const { run, incoming, signal } = to;
  const { method, path, authority, headers } = run.exchange.request;
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      ...{ method, path, createConnection: () => socket, setHost: false },
      headers: ['host', authority, ...headers.raw, 'connection', 'Upgrade', 'upgrade', incoming.upgrade ?? ''],
    });
    request.once('upgrade', (response, _socket, early) => {
      if (early.length > 0) socket.unshift(early);
      resolve({ response, isUpgraded: true });
    });
    request.once('response', (response) => resolve({ response, isUpgraded: false }));
    request.once('error', () => reject(failure(to, replies.reset)));
    signal.addEventListener('abort', () => request.destroy());
    request.end();
  });
}

/** Both ways until both have ended; bytes count as those of bodies. */
function join({ run, incoming, onHead }: Tunnel, upstream: Duplex, head: ResponseHead): Promise<void> {
  const { exchange } = run;
  onHead(head, true);
  run.prepareHead(head);
  const caller = incoming.takeOver(head);
  caller.on('data', (chunk: Buffer) => (exchange.received += chunk.length));
  upstream.on('data', (chunk: Buffer) => (exchange.sent += chunk.length));
  // Each pipeline listens to both ends many times.
  for (const end of [caller, upstream]) end.setMaxListeners(30);
  return new Promise((resolve) => {
    let open = 2;
    const end = (): void => {
      open -= 1;
      if (open > 0) return;
      run.finish();
      resolve();
    };
    pipeline(caller, upstream, end);
    pipeline(upstream, caller, end);
  });
}
