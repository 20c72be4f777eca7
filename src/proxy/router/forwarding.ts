import type { Readable } from 'node:stream';
import type { Address, LocalReply, RequestHead, ResponseHead } from '../http/message.js';
import { replies } from '../http/flags.js';
import { isGrpc } from '../http/local-reply.js';
import type { Headers } from '../http/headers.js';
import type { Incoming } from '../http/incoming.js';
import type { Attempt, RequestHash } from '../routing/index.js';
import type {
  UpstreamCall,
  UpstreamCluster,
  UpstreamEndpoint,
  UpstreamFailure,
  UpstreamHandler,
} from '../upstream/types.js';
import { sendMirrored } from './mirror.js';
import { ReplayBody } from './replay-body.js';
import { ReplyError, tunnel } from './tunnel.js';
import type { ForwardTo, HttpContext, Run } from './types.js';

const failureReplies: Readonly<Record<UpstreamFailure['kind'], LocalReply>> = {
  'connect-failure': replies.connectFailure,
  reset: replies.reset,
  'refused-stream': replies.remoteReset,
  overflow: replies.overflow,
  protocol: replies.protocol,
};

/** What most requests ask for. */
const anyOne = {};

/** Sends a request to its cluster, again if the route wants that, and the answer back (mesh.md 2.1 and 8). */
export class Forwarding implements UpstreamHandler {
  readonly #run: Run;
  readonly #incoming: Incoming;
  readonly #context: HttpContext;
  readonly #to: ForwardTo;
  readonly #tried: UpstreamEndpoint[] = [];
  #cluster: UpstreamCluster | undefined;
  #hash: RequestHash | undefined;
  #body: ReplayBody | Readable | undefined;
  #call: UpstreamCall | undefined;
  /** The body, as the attempt under way reads it. */
  #reader: Readable | undefined;
  #release: (() => void) | undefined;
  #sentAt = 0;
  #hasHead = false;
  #takesBody = false;
  #isOver = false;
  #cancelTimeout: (() => void) | undefined;
  #cancelTry: (() => void) | undefined;

  constructor(run: Run, incoming: Incoming, context: HttpContext, to: ForwardTo) {
    this.#run = run;
    this.#incoming = incoming;
    this.#context = context;
    this.#to = to;
  }

  start(): void {
    const { route, forward, target } = this.#to;
    const { request, downstream } = this.#run.exchange;
    const { clusters, env } = this.#context;
    this.#hash = forward.hash?.(request, downstream);
    route.changeRequest(request);
    target.changeRequest(request);
    forward.rewrite(request);
    this.#cluster = clusters.get(target.name);
    if (this.#cluster === undefined) {
      this.#run.reply(replies.noCluster);
      return;
    }
    if (forward.timeoutMillis > 0) {
      request.headers.set('x-envoy-expected-rq-timeout-ms', String(forward.timeoutMillis));
      this.#cancelTimeout = env.after(forward.timeoutMillis, () => this.#timedOut());
    }
    this.#prepareBody();
    const { mirror } = forward;
    if (mirror !== undefined && env.random() * 1_000_000 < mirror.perMillion) {
      sendMirrored({ request, body: this.#readBody(), cluster: clusters.get(mirror.cluster), env });
    }
    this.#attempt('request');
  }

  /** The caller is gone. */
  cancel(): void {
    this.#call?.cancel();
    this.#stop();
  }

  onHead(head: ResponseHead): void {
    const { exchange } = this.#run;
    const { status, headers } = head;
    if (status < 200) return;
    this.#cancelTry?.();
    exchange.endpoint?.record(status >= 502 && status <= 504 ? 'gateway-failure' : 'success');
    if (this.#canRetry({ kind: 'response', status, grpcStatus: grpcStatusOf(headers) })) {
      this.#call?.cancel();
      this.#retry();
      return;
    }
    this.#hasHead = true;
    exchange.details = 'via_upstream';
    exchange.upstreamMillis = this.#context.env.monotonic() - this.#sentAt;
    headers.set('x-envoy-upstream-service-time', String(Math.round(exchange.upstreamMillis)));
    this.#to.route.changeResponse(head);
    this.#to.target.changeResponse(head);
    if (this.#hash?.setCookie !== undefined) headers.add('set-cookie', this.#hash.setCookie);
    const hasBody = mayHaveBody(exchange.request, head);
    this.#takesBody = hasBody;
    this.#incoming.onDrain = () => this.#call?.resume();
    this.#run.sendHead(head, hasBody);
  }

  onData(chunk: Buffer): boolean {
    if (!this.#takesBody) return true;
    this.#run.exchange.sent += chunk.length;
    return this.#incoming.write(chunk);
  }

  onEnd(trailers: Headers | undefined): void {
    if (this.#isOver) return;
    this.#run.exchange.trailers = trailers;
    this.#stop();
    this.#incoming.end(trailers);
    this.#run.finish();
  }

  onFailure(failure: UpstreamFailure): void {
    if (this.#isOver) return;
    const { exchange } = this.#run;
    const { kind, reason } = failure;
    exchange.upstreamFailure = reason;
    if (kind !== 'overflow') exchange.endpoint?.record('gateway-failure');
    if (this.#hasHead) {
      exchange.flags.add('UR');
      this.#stop();
      this.#incoming.reset();
      this.#run.finish();
      return;
    }
    this.#cancelTry?.();
    if (kind !== 'overflow' && kind !== 'protocol' && this.#canRetry({ kind })) this.#retry();
    else this.#giveUp(failureReplies[kind]);
  }

  #prepareBody(): void {
    const { body } = this.#incoming;
    const { exchange } = this.#run;
    if (body === undefined) return;
    const { maxBodyBytes } = this.#context;
    body.on('data', (chunk: Buffer) => {
      exchange.received += chunk.length;
      if (maxBodyBytes > 0 && exchange.received > maxBodyBytes) this.#giveUp(replies.tooLarge);
    });
    body.pause();
    const { retry, mirror } = this.#to.forward;
    this.#body = retry === undefined && mirror === undefined ? body : new ReplayBody(body);
  }

  #readBody(): Readable | undefined {
    return this.#body instanceof ReplayBody ? this.#body.read() : this.#body;
  }

  #attempt(kind: 'request' | 'retry', release = this.#cluster!.enter(kind)): void {
    const { exchange } = this.#run;
    if (this.#isOver) {
      release?.();
      return;
    }
    if (release === undefined) {
      this.#giveUp(replies.overflow);
      return;
    }
    this.#release = release;
    const endpoint = this.#pick();
    if (endpoint === undefined) {
      this.#giveUp(replies.noHealthyUpstream);
      return;
    }
    exchange.endpoint = endpoint;
    exchange.attempts += 1;
    this.#sentAt = this.#context.env.monotonic();
    if (this.#incoming.upgrade !== undefined) {
      this.#tunnel(endpoint);
      return;
    }
    const perTry = this.#to.forward.retry?.perTryTimeoutMillis ?? 0;
    if (perTry > 0) this.#cancelTry = this.#context.env.after(perTry, () => this.#tryTimedOut());
    this.#reader = this.#readBody();
    this.#call = endpoint.send({ head: exchange.request, body: this.#reader }, this);
  }

  #pick(): UpstreamEndpoint | undefined {
    const { retry } = this.#to.forward;
    const { downstream, request } = this.#run.exchange;
    const destination = downstream.destination ?? (this.#context.isHttpProxy ? addressOf(request) : undefined);
    if (this.#hash === undefined && destination === undefined && this.#tried.length === 0) {
      return this.#cluster!.pick(anyOne);
    }
    return this.#cluster!.pick({
      ...(this.#hash === undefined ? {} : { hash: this.#hash.hash }),
      ...(this.#tried.length === 0 ? {} : { tried: this.#tried, attempts: retry?.hostSelectionAttempts ?? 1 }),
      ...(destination === undefined ? {} : { destination }),
    });
  }

  #tunnel(endpoint: UpstreamEndpoint): void {
    const { isHttpProxy } = this.#context;
    tunnel({ run: this.#run, incoming: this.#incoming, endpoint, forward: this.#to, isHttpProxy }).then(
      () => this.#stop(),
      (error: unknown) => this.#giveUp(error instanceof ReplyError ? error.reply : replies.reset),
    );
  }

  #timedOut(): void {
    this.#cluster!.note('timeout');
    this.#giveUp(replies.timeout);
  }

  #tryTimedOut(): void {
    this.#cluster!.note('per_try_timeout');
    this.#call?.cancel();
    this.#run.exchange.endpoint?.record('gateway-failure');
    if (this.#canRetry({ kind: 'timeout' })) this.#retry();
    else this.#giveUp(replies.timeout);
  }

  #canRetry(attempt: Attempt): boolean {
    const { retry } = this.#to.forward;
    if (retry === undefined || this.#isOver) return false;
    const { attempts, flags } = this.#run.exchange;
    if (!retry.wants(attempt)) {
      if (attempts > 1) this.#cluster!.note('retry_success');
      return false;
    }
    if (this.#body instanceof ReplayBody && !this.#body.canReplay) return false;
    if (attempts <= retry.retries) return true;
    this.#cluster!.note('retry_limit_exceeded');
    flags.add('URX');
    return false;
  }

  /** The budget is that of retries; the former attempt counts no longer. */
  #retry(): void {
    const { env } = this.#context;
    const { endpoint, attempts } = this.#run.exchange;
    this.#release?.();
    this.#release = undefined;
    // Else it would hold up the next one, which reads at the pace of the slowest.
    this.#reader?.destroy();
    const release = this.#cluster!.enter('retry');
    if (release === undefined) {
      this.#giveUp(replies.overflow);
      return;
    }
    this.#cluster!.note('retry_backoff_exponential');
    if (endpoint !== undefined) this.#tried.push(endpoint);
    this.#cancelTry = env.after(this.#to.forward.retry!.waitMillis(attempts, env.random), () => {
      this.#attempt('retry', release);
    });
    this.#release = release;
  }

  #giveUp(reply: LocalReply): void {
    if (this.#isOver) return;
    this.#call?.cancel();
    this.#stop();
    if (!this.#hasHead) {
      // What the caller did wrong is not the cluster's.
      if (reply !== replies.tooLarge) this.#cluster?.countLocal(reply.status);
      this.#run.reply(reply);
      return;
    }
    if (reply.flag !== undefined) this.#run.exchange.flags.add(reply.flag);
    this.#incoming.reset();
    this.#run.finish();
  }

  #stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimeout?.();
    this.#cancelTry?.();
    this.#release?.();
    if (this.#body instanceof ReplayBody) this.#body.stop();
    // What nobody reads any more must not stand in the way of the next request.
    this.#incoming.body?.resume();
  }
}

/** A status in the head is gRPC's answer without messages: callers want the stream to end there. */
function mayHaveBody({ method }: RequestHead, { status, headers }: ResponseHead): boolean {
  if (method === 'HEAD' || status === 204 || status === 304) return false;
  return !headers.has('grpc-status') || !isGrpc(headers) || (headers.get('content-length') ?? '0') !== '0';
}

/** Where a caller of the HTTP proxy wants to go. */
function addressOf({ authority, scheme, method }: RequestHead): Address | undefined {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  if (host === '') return undefined;
  const usual = scheme === 'https' || method === 'CONNECT' ? 443 : 80;
  return { host: host.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}

function grpcStatusOf(headers: Headers): number | undefined {
  const text = headers.get('grpc-status');
  return text === undefined ? undefined : Number(text);
}
