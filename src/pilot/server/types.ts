import type { Diagnostic } from '../../util/diagnostics.js';
import type { Model } from '../model/model.js';
import type { WatchedStore } from '../registry/file-registry.js';
import type { EmptinessGuard } from '../registry/merge-source.js';
import type { MergedRegistry } from '../registry/merged-registry.js';
import type { Registry } from '../registry/registry.js';
import type { Change } from '../xds/debounce.js';
import type { XdsLimits, XdsServer } from '../xds/server.js';
import type { Snapshot } from '../xds/snapshot.js';
import type { XdsObserver } from '../xds/status.js';
import type { PilotEnv } from './env.js';
import type { Flavours } from './flavours.js';
import type { ViewUser } from './views.js';

/** What a Pilot is made of. */
export interface PilotOptions {
  /** Has been started. */
  readonly store: WatchedStore;
  /** Know all that they will know at first. The first one that knows a service says what it is. */
  readonly registries: readonly Registry[];
  readonly env: PilotEnv;
  /** Of this program. */
  readonly version: string;
  /** Those that are built in when left out. */
  readonly flavours?: Flavours | undefined;
  readonly limits?: Partial<XdsLimits> | undefined;
  /** When a registry that is suddenly empty is not believed. */
  readonly guard?: EmptinessGuard | undefined;
  /** Hears of all that is wrong with the configuration now, after each change. */
  readonly onDiagnostics?: ((found: readonly Diagnostic[]) => void) | undefined;
  /** Hears of what clients of some flavour cannot be told, and why: all of it, once for each change. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

/** A push: what was worked out after some changes. */
export interface Push {
  /** The version that its resources have: a time and a number (mesh.md 3.4). */
  readonly version: string;
  readonly number: number;
  readonly kind: Change['kind'];
  /** When the first of its changes was heard of, and when it began; milliseconds of the wall clock. */
  readonly since: number;
  readonly at: number;
}

/** The clients that are connected. */
export interface ConnectedClients {
  readonly count: number;
  /** By the identifier of the node. */
  get(id: string): ViewUser | undefined;
  all(): readonly ViewUser[];
}

/** What Pilot counts (mesh.md 3.9). */
export interface PilotMetrics {
  readonly observer: XdsObserver;
  /** A change has come in. */
  heard(what: 'config' | 'svc' | 'eds'): void;
  /** A push was worked out, apart from what is made for single views. */
  pushed(kind: 'full' | 'endpoints', millis: number): void;
  /** A view's resources were made. */
  built(millis: number): void;
  /** A push could not be worked out. */
  failed(): void;
  converged(millis: number): void;
  /** A client got its turn in a push. */
  queued(millis: number): void;
  /** The page of `/metrics`. */
  render(pilot: Pilot): Promise<string>;
}

/** Turns configuration and services into xDS, for as long as it is open. Knows nothing of sockets. */
export interface Pilot {
  readonly version: string;
  readonly env: PilotEnv;
  /** To be offered with `addXdsService`. */
  readonly xds: XdsServer;
  readonly clients: ConnectedClients;
  readonly metrics: PilotMetrics;
  /** As given, and as one. */
  readonly registries: readonly Registry[];
  readonly registry: MergedRegistry;
  readonly model: Model;
  readonly lastPush: Push;
  /** How many views are kept. */
  readonly views: number;
  /** What a connected client is to have. */
  snapshotOf(user: ViewUser): Snapshot;
  /** What was left out since the last change. */
  readonly problems: readonly string[];
  /** All that is wrong with the configuration. */
  readonly diagnostics: readonly Diagnostic[];
  close(): void;
}
