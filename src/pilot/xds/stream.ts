import type { XdsEnv } from './env.js';
import { KindChannel } from './channel.js';
import type { Protocol, RequestHead } from './protocol.js';
import { kindOfType, type ResourceKind, resourceKinds } from './resource.js';
import type { Snapshot } from './snapshot.js';
import type { ProxyStatus, XdsObserver } from './status.js';
import type { Plan, Subscription } from './subscription.js';

/** Where responses go. */
export interface Sink {
  /** Calls back once the transport has room for more. */
  write(message: Uint8Array, done: () => void): void;
  /** The client does not read. */
  stall(): void;
  /** The client wants more names than it may, in all its requests together. */
  overflow(): void;
}

/** How patient a stream is. */
export interface StreamLimits {
  /** A newer response is not sent before the answer to the last one, but not later than this. */
  readonly ackMillis: number;
  /** A client has to read within this time. */
  readonly writeMillis: number;
  /** Of one kind. */
  readonly names: number;
}

export interface StreamParts<R extends RequestHead> {
  readonly id: string;
  readonly proxy: string;
  readonly protocol: Protocol<R>;
  readonly sink: Sink;
  readonly env: XdsEnv;
  readonly limits: StreamLimits;
  readonly observer: XdsObserver;
}

// Clusters are ready within a round trip or two.
const WARM_MILLIS = 500;

// Hosts and what stands before them, for as many names as there may be.
const LETTERS_PER_NAME = 512;

// A longer text is no explanation any more.
const MAX_ERROR_LENGTH = 1000;

/**
 * What one client gets, and when: kinds in their order, of each kind one response at a time, and one write at a time.
 * A cluster that is gone is taken away only after listeners and routes that no longer need it have arrived, and so are
 * its endpoints.
 */
export class XdsStream<R extends RequestHead> {
  readonly #parts: StreamParts<R>;
  readonly #connectedAt: number;
  readonly #channels = new Map<ResourceKind, KindChannel>();
  #snapshot: Snapshot | undefined;
  #responses = 0;
  #isWriting = false;
  #isClosed = false;
  #cancelWait: (() => void) | undefined;
  #cancelWrite: (() => void) | undefined;
  /** Endpoints of clusters that were sent and that the client cannot use before it has these. */
  readonly #owed = new Set<string>();

  constructor(parts: StreamParts<R>) {
    this.#parts = parts;
    this.#connectedAt = parts.env.now();
  }

  get status(): ProxyStatus {
    const { id, proxy, protocol } = this.#parts;
    const kinds = [...this.#channels.values()].map((channel) => channel.status);
    return { id: proxy, stream: id, protocol: protocol.name, connectedAt: this.#connectedAt, kinds };
  }

  /** What is to be had from now on. With `endpoints`, nothing else than these is other than before. */
  adopt(snapshot: Snapshot | undefined, endpoints?: ReadonlySet<string>): void {
    if (snapshot === undefined || snapshot === this.#snapshot) return;
    const isFirst = this.#snapshot === undefined;
    this.#snapshot = snapshot;
    for (const { kind, subscription } of this.#channels.values()) {
      if (endpoints === undefined || isFirst) subscription.markAll();
      else if (kind === 'endpoints') subscription.mark(endpoints);
    }
    this.pump();
  }

  /** Takes a request of a kind that is served; others are passed over. */
  receive(request: R): void {
    const kind = kindOfType(request.typeUrl);
    if (kind === undefined || this.#isClosed) return;
    const known = this.#channels.get(kind);
    const channel = known ?? new KindChannel(kind, request.typeUrl);
    // A client speaks the language of its first request.
    if (channel.typeUrl !== request.typeUrl) return;
    this.#channels.set(kind, channel);
    // A nonce of another stream means nothing here.
    const isAnswer = channel.nonce !== '' && request.responseNonce === channel.nonce;
    const isStale = channel.nonce !== '' && request.responseNonce !== channel.nonce;
    if (isAnswer && channel.isAwaited) this.#answer(channel, request);
    if (isStale && request.responseNonce !== '') this.#parts.observer.stale?.(kind);
    this.#apply(channel, request, { isFirst: known === undefined, isStale });
  }

  #apply({ subscription }: KindChannel, request: R, given: { isFirst: boolean; isStale: boolean }): void {
    const { protocol, limits, sink } = this.#parts;
    protocol.apply(subscription, request, given);
    const isTooMuch = subscription.letters > limits.names * LETTERS_PER_NAME;
    if (subscription.names.size > limits.names || isTooMuch) sink.overflow();
    else this.pump();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelWait?.();
    this.#cancelWrite?.();
  }

  /** Sends what can be sent now. */
  pump(): void {
    if (this.#snapshot === undefined || this.#isClosed) return;
    try {
      this.#sendDue(this.#snapshot);
    } catch (error) {
      // Resources are made when somebody wants them: one that cannot be made is missing for this client only.
      const { env, proxy } = this.#parts;
      env.log.warn('a response cannot be made', { proxy, error: String(error) });
    }
  }

  #sendDue(snapshot: Snapshot): void {
    for (const kind of resourceKinds) {
      const channel = this.#channels.get(kind);
      if (channel?.subscription.isDirty !== true) continue;
      if (this.#isWriting) return;
      const holds = isUpstream(kind) && this.#isNeeded();
      const plan = channel.subscription.plan(snapshot[kind], holds);
      if (!this.#isDue(kind, plan)) {
        channel.subscription.commit(plan);
        continue;
      }
      if (this.#mustWait(channel)) {
        // What comes later may need this one; but a listener may wait for its routes, and they for nothing of it.
        if (kind === 'listener') continue;
        return;
      }
      if (this.#isWarming(kind)) return;
      this.#send(channel, plan, snapshot);
    }
    // Listeners and routes turned out to be as they were: nothing needs what was kept for them.
    const hasHeld = [...this.#channels.values()].some(
      ({ kind, subscription }) => isUpstream(kind) && subscription.isDirty,
    );
    if (hasHeld && !this.#isNeeded()) this.#sendDue(snapshot);
  }

  #isDue(kind: ResourceKind, { isDue, resources }: Plan): boolean {
    return isDue && (resources.length > 0 || this.#parts.protocol.tellsRemovals(kind));
  }

  /** Whether listeners or routes that the client has may need clusters that are gone. */
  #isNeeded(): boolean {
    return this.#channels.get('listener')?.isBehind === true || this.#channels.get('route')?.isBehind === true;
  }

  /**
   * Whether clusters are on their way to the client, or their endpoints: until it has both, routes to new ones would
   * find nothing. Not for long, since there are clients that never ask for endpoints.
   */
  #isWarming(kind: ResourceKind): boolean {
    if (kind !== 'listener' && kind !== 'route') return false;
    const [cluster, endpoints] = [this.#channels.get('cluster'), this.#channels.get('endpoints')];
    if (cluster === undefined || endpoints === undefined) return false;
    if (!cluster.isAwaited && !endpoints.isAwaited && this.#owed.size === 0) return false;
    const { env } = this.#parts;
    const left = cluster.sentAt + WARM_MILLIS - env.now();
    if (left <= 0) {
      this.#owed.clear();
      return false;
    }
    this.#cancelWait?.();
    this.#cancelWait = env.after(left, () => {
      this.pump();
    });
    return true;
  }

  #mustWait(channel: KindChannel): boolean {
    if (!channel.isAwaited) return false;
    const { env, limits } = this.#parts;
    const left = channel.sentAt + limits.ackMillis - env.now();
    if (left <= 0) return false;
    this.#cancelWait?.();
    this.#cancelWait = env.after(left, () => {
      this.pump();
    });
    return true;
  }

  #send(channel: KindChannel, plan: Plan, snapshot: Snapshot): void {
    const { id, env, protocol, observer, sink, limits } = this.#parts;
    const { kind, typeUrl, subscription } = channel;
    this.#responses += 1;
    const nonce = `${id}.${this.#responses}`;
    const { version } = snapshot;
    const message = protocol.encode({ typeUrl, version, nonce }, plan, { subscription, map: snapshot[kind] });
    // A cluster that changes is made anew by Envoy, which then waits for its endpoints, changed or not.
    if (kind === 'cluster') this.#resendEndpoints(plan);
    if (kind === 'listener') this.#resendRoutes(plan, subscription);
    if (kind === 'endpoints') for (const { name } of plan.resources) this.#owed.delete(name);
    subscription.commit(plan);
    channel.send({ nonce, version, at: env.now() });
    this.#isWriting = true;
    this.#cancelWrite = env.after(limits.writeMillis, () => {
      sink.stall();
    });
    observer.sent?.(kind, { bytes: message.length, resources: plan.resources.length });
    sink.write(message, () => {
      this.#cancelWrite?.();
      this.#isWriting = false;
      this.pump();
    });
  }

  #resendEndpoints({ resources }: Plan): void {
    const names: string[] = [];
    for (const { references } of resources) {
      for (const { kind, name } of references) if (kind === 'endpoints') names.push(name);
    }
    for (const name of names) this.#owed.add(name);
    this.#channels.get('endpoints')?.subscription.resend(names);
  }

  /**
   * A listener that is back has lost its routes. Clients that say all that they want do not say that they let go of
   * these in between, if they are slow.
   */
  #resendRoutes({ resources }: Plan, { sent }: Subscription): void {
    const back = resources.filter(({ name }) => !sent.has(name)).flatMap(({ references }) => references);
    this.#channels
      .get('route')
      ?.subscription.resend(back.flatMap(({ kind, name }) => (kind === 'route' ? [name] : [])));
  }

  #answer(channel: KindChannel, { errorDetail }: R): void {
    const { env, observer, proxy } = this.#parts;
    const error = errorDetail && (errorDetail.message.slice(0, MAX_ERROR_LENGTH) || `code ${errorDetail.code}`);
    const millis = channel.answer(env.now(), error);
    if (error === undefined) {
      observer.acked?.(channel.kind, millis);
      return;
    }
    observer.rejected?.(channel.kind, proxy, error);
    env.log.warn('a proxy rejects its configuration', { proxy, kind: channel.kind, error });
  }
}

/** What listeners and routes need. */
function isUpstream(kind: ResourceKind): boolean {
  return kind === 'cluster' || kind === 'endpoints';
}
