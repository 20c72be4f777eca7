import type { ResourceKind } from './resource.js';

/** What a client said of one kind of resources. */
export interface KindStatus {
  readonly kind: ResourceKind;
  /** Versions of snapshots; empty for none so far. */
  readonly sent: string;
  /** The last one that it took, which it keeps to while it rejects newer ones. */
  readonly acked: string;
  /** Set while the last answer was a rejection. */
  readonly rejected: Rejection | undefined;
  /** How many resources it was sent and has. */
  readonly resources: number;
  /** Milliseconds of the wall clock; 0 for never. */
  readonly sentAt: number;
  readonly ackedAt: number;
}

export interface Rejection {
  readonly version: string;
  readonly message: string;
  readonly at: number;
}

/** A connected client. */
export interface ProxyStatus {
  readonly id: string;
  readonly stream: string;
  readonly protocol: 'sotw' | 'delta';
  readonly connectedAt: number;
  readonly kinds: readonly KindStatus[];
}

/** Hears what happens, for metrics. */
export interface XdsObserver {
  connected?(proxy: string): void;
  disconnected?(proxy: string): void;
  sent?(kind: ResourceKind, given: { readonly bytes: number; readonly resources: number }): void;
  /** How long the answer took. */
  acked?(kind: ResourceKind, millis: number): void;
  rejected?(kind: ResourceKind, proxy: string, message: string): void;
  stale?(kind: ResourceKind): void;
  /** A client that did not read, or sent more than it may. */
  dropped?(reason: DropReason): void;
  /** A snapshot that was not used. */
  inconsistent?(message: string): void;
}

export type DropReason = 'write_timeout' | 'flood' | 'names' | 'node';
