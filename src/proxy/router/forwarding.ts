import type { Readable } from 'node:stream';
import type { Address, LocalReply, RequestHead, ResponseHead } from '../http/message.js';
import { replies } from '../http/flags.js';
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
import { grpcStatusOf, isGatewayFailure, mayHaveBody } from './answer.js';
import { awaitAnswer } from './await-answer.js';
import { sendMirrored } from './mirror.js';
import { ReplayBody } from './replay-body.js';
import { ReplyError, startTunnel } from './tunnel.js';
import type { ForwardTo, HttpContext, Run } from './types.js';

const failureReplies: Readonly<Record<UpstreamFailure['kind'], LocalReply>> = {
  'connect-failure': replies.connectFailure,
  reset: replies.reset,
  'remote-reset': replies.remoteReset,
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
  /** An attempt is under way. */
  #isTrying = false;
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
    const { clusters, env, mirrored: underWay } = this.#context;
    route.changeRequest(request);
    target.changeRequest(request);
    forward.rewrite(request);
    this.#hash = forward.hash?.(request, downstream);
    this.#cluster = clusters.get(target.name);
    if (this.#cluster === undefined) {
      this.#run.reply(replies.noCluster);
      return;
    }
    if (forward.expectedMillis !== undefined) {
      request.headers.set('x-envoy-expected-rq-timeout-ms', forward.expectedMillis);
    }
    this.#prepareBody();
    if (forward.timeoutMillis > 0) {
      this.#cancelTimeout = this.#await(forward.timeoutMillis, () => this.#timedOut());
    }
    const { mirror } = forward;
    if (mirror !== undefined && env.random() * 1_000_000 < mirror.perMillion) {
      const body = this.#body instanceof ReplayBody ? this.#body.copy() : undefined;
      sendMirrored({ request, body, cluster: clusters.get(mirror.cluster), env, underWay });
    }
    this.#release = this.#cluster.enter('request');
    if (this.#release === undefined) this.#giveUp(replies.overflow);
    else this.#attempt();
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
    const grpcStatus = grpcStatusOf(headers);
    exchange.endpoint?.record(isGatewayFailure(head, grpcStatus) ? 'gateway-failure' : 'success');
    if (this.#claimRetry({ kind: 'response', status, grpcStatus })) {
      this.#call?.cancel();
      this.#retry();
      return;
    }
    this.#completeHead(head);
    const hasBody = mayHaveBody(exchange.request, head);
    this.#takesBody = hasBody;
    this.#incoming.onDrain = () => this.#call?.resume();
    this.#run.sendHead(head, hasBody);
  }

  /** What the proxy, and the route, add to the head of an answer. */
  #completeHead(head: ResponseHead): void {
    const { exchange } = this.#run;
    const { headers } = head;
    this.#hasHead = true;
    exchange.details = 'via_upstream';
    exchange.upstreamMillis = this.#context.env.monotonic() - this.#sentAt;
    headers.set('x-envoy-upstream-service-time', String(Math.round(exchange.upstreamMillis)));
    this.#to.route.changeResponse(head);
    this.#to.target.changeResponse(head);
    if (this.#hash?.setCookie !== undefined) headers.add('set-cookie', this.#hash.setCookie);
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
    if (kind !== 'overflow' && this.#claimRetry({ kind })) this.#retry();
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

  #attempt(): void {
    const { exchange } = this.#run;
    if (this.#isOver) return;
    const endpoint = this.#pick();
    if (endpoint === undefined) {
      this.#giveUp(replies.noHealthyUpstream);
      return;
    }
    exchange.endpoint = endpoint;
    this.#isTrying = true;
    exchange.attempts += 1;
    const { retry } = this.#to.forward;
    if (retry !== undefined) exchange.request.headers.set('x-envoy-attempt-count', String(exchange.attempts));
    this.#sentAt = this.#context.env.monotonic();
    if (this.#incoming.upgrade !== undefined) {
      this.#tunnel(endpoint);
      return;
    }
    const perTry = retry?.perTryTimeoutMillis ?? 0;
    if (perTry > 0) this.#cancelTry = this.#await(perTry, () => this.#tryTimedOut());
    this.#reader = this.#body instanceof ReplayBody ? this.#body.read() : this.#body;
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
    const tunnel = startTunnel({
      ...{ run: this.#run, incoming: this.#incoming, endpoint, forward: this.#to, isHttpProxy },
      onHead: (head, isJoined) => {
        endpoint.record(isGatewayFailure(head, grpcStatusOf(head.headers)) ? 'gateway-failure' : 'success');
        this.#completeHead(head);
        // From now on it is a connection, and no request that is answered in time or not.
        if (isJoined) this.#cancelTimeout?.();
      },
    });
    this.#call = { resume: () => undefined, cancel: tunnel.cancel };
    tunnel.ended.then(
      () => this.#stop(),
      (error: unknown) => this.#giveUp(error instanceof ReplyError ? error.reply : replies.reset),
    );
  }

  #await(millis: number, onTimeout: () => void): () => void {
    const { exchange } = this.#run;
    const { env } = this.#context;
    return awaitAnswer(millis, this.#incoming.body, { env, received: () => exchange.received, onTimeout });
  }

  #timedOut(): void {
    this.#cluster!.note('timeout');
    if (this.#isTrying && !this.#hasHead) this.#run.exchange.endpoint?.record('gateway-failure');
    this.#giveUp(replies.timeout);
  }

  #tryTimedOut(): void {
    this.#cluster!.note('per_try_timeout');
    this.#call?.cancel();
    this.#run.exchange.endpoint?.record('gateway-failure');
    if (this.#claimRetry({ kind: 'timeout' })) this.#retry();
    else this.#giveUp(replies.timeout);
  }

  /**
   * Whether there is to be another attempt. Then it has its place in the budget, which is that of retries, and the former
   * attempt counts no longer.
   */
  #claimRetry(attempt: Attempt): boolean {
    const { retry } = this.#to.forward;
    if (retry === undefined || this.#isOver) return false;
    const { attempts, flags } = this.#run.exchange;
    if (!retry.wants(attempt)) {
      if (attempts > 1) this.#cluster!.note('retry_success');
      return false;
    }
    if (this.#body instanceof ReplayBody && !this.#body.canReplay) return false;
    if (attempts > retry.retries) {
      this.#cluster!.note('retry_limit_exceeded');
      flags.add('URX');
      return false;
    }
    // A retry makes room for the next one.
    if (attempts > 1) this.#leave();
    const release = this.#cluster!.enter('retry');
    if (release === undefined) {
      // What there is of an answer is better than none.
      flags.add('UO');
      return false;
    }
    this.#leave();
    this.#release = release;
    return true;
  }

  #leave(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #retry(): void {
    const { env } = this.#context;
    const { endpoint, attempts } = this.#run.exchange;
    this.#isTrying = false;
    // Else it would hold up the next one, which reads at the pace of the slowest.
    this.#reader?.destroy();
    this.#cluster!.note('retry_backoff_exponential');
    if (endpoint !== undefined) this.#tried.push(endpoint);
    this.#cancelTry = env.after(this.#to.forward.retry!.waitMillis(attempts, env.random), () => this.#attempt());
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
    this.#leave();
    if (this.#body instanceof ReplayBody) this.#body.stop();
    // What nobody reads any more must not stand in the way of the next request.
    this.#incoming.body?.resume();
  }
}

/** Where a caller of the HTTP proxy wants to go. */
function addressOf({ authority, scheme, method }: RequestHead): Address | undefined {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(authority) ?? [];
  if (host === '') return undefined;
  const usual = scheme === 'https' || method === 'CONNECT' ? 443 : 80;
  return { host: host.replace(/^\[|\]$/g, ''), port: port === '' ? usual : Number(port) };
}
