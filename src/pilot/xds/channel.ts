import type { ResourceKind } from './resource.js';
import type { KindStatus, Rejection } from './status.js';
import { Subscription } from './subscription.js';

/** One kind of resources on one stream: what is wanted, and what became of what was sent. */
export class KindChannel {
  readonly kind: ResourceKind;
  /** Envoy's, or our own. */
  readonly typeUrl: string;
  readonly subscription: Subscription;
  /** Of the last response; empty before the first. */
  nonce = '';
  isAwaited = false;
  sentAt = 0;
  #sentVersion = '';
  #ackedVersion = '';
  #ackedAt = 0;
  #rejected: Rejection | undefined;

  constructor(kind: ResourceKind, typeUrl: string) {
    this.kind = kind;
    this.typeUrl = typeUrl;
    this.subscription = new Subscription(kind);
  }

  /** Whether a change is still on its way to the client, or the client keeps to what it had before. */
  get isBehind(): boolean {
    const { isDirty, hasDoubts } = this.subscription;
    return this.isAwaited || isDirty || hasDoubts;
  }

  send(given: { readonly nonce: string; readonly version: string; readonly at: number }): void {
    this.nonce = given.nonce;
    this.#sentVersion = given.version;
    this.sentAt = given.at;
    this.isAwaited = true;
  }

  /** Takes the answer to the last response; gives the milliseconds that it took. */
  answer(at: number, error: string | undefined): number {
    this.isAwaited = false;
    this.subscription.settle(error === undefined);
    if (error === undefined) {
      this.#ackedVersion = this.#sentVersion;
      this.#ackedAt = at;
      this.#rejected = undefined;
    } else {
      this.#rejected = { version: this.#sentVersion, message: error, at };
    }
    return at - this.sentAt;
  }

  get status(): KindStatus {
    return {
      kind: this.kind,
      sent: this.#sentVersion,
      acked: this.#ackedVersion,
      rejected: this.#rejected,
      resources: this.subscription.sent.size,
      sentAt: this.sentAt,
      ackedAt: this.#ackedAt,
    };
  }
}
