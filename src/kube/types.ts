/** Stops what was started. Calling it twice does no harm. */
export type Stop = () => void;

/** Time, lent by whoever starts something here: a handler lends its `env`, a test a clock that it turns by hand. */
export interface Timing {
  /** Milliseconds, by any clock. */
  now(): number;
  after(millis: number, work: () => void): Stop;
  /** 0 (inclusive) to 1 (exclusive); spreads pauses, so that many clients do not come back at one moment. */
  random(): number;
}

/** What a server answered, before its body is read. */
export interface Answer {
  readonly status: number;
  /** How long the server asks to be left alone. */
  readonly retryAfterMillis?: number | undefined;
  /** Must be read to its end, or the request's signal aborted. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** A way to one cluster's API server: its address, whom it must prove to be, and who we are. */
export interface Connection {
  /** Where it leads, for logs. Never a credential. */
  readonly server: string;
  /** Asks for a path with its query. Rejects when the server cannot be reached or credentials cannot be had. */
  get(path: string, signal: AbortSignal): Promise<Answer>;
  /** Lets go of idle connections. */
  close(): void;
}

/** A kind of resources, as the API server names it in paths. */
export interface ResourceType {
  /** Empty for the core group. */
  readonly group?: string | undefined;
  readonly version: string;
  /** Lower case and plural: `pods`. */
  readonly plural: string;
}

/** Which resources to follow. */
export interface Selection extends ResourceType {
  /** All namespaces when left out. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** A reference to an object that owns another. */
export interface OwnerReference {
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly controller?: boolean | undefined;
}

/** What all objects have in common. Anything may be missing: it comes from the network. */
export interface ObjectMeta {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly selfLink?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly annotations?: Readonly<Record<string, string>> | null | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | null | undefined;
}

/** An object as the server sends it. */
export interface KubeObject {
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

/** What became of following a resource. */
export type WatchState =
  | { readonly kind: 'following'; readonly objects: number }
  /** `status` is the server's, when it answered. It is being tried again. */
  | { readonly kind: 'failing'; readonly reason: string; readonly status: number | undefined };

/** What follows a resource is told. Listeners must not throw. */
export interface WatchListener<T> {
  /** A new object, or a new version of one. */
  onSet?(value: T, before: T | undefined): void;
  onDelete?(last: T): void;
  /** Following begins, fails for another reason than before, or goes on again. */
  onState?(state: WatchState): void;
}

/** Follows a resource: what there is, and changes as they come. What is known stays known while the server is away. */
export interface ResourceWatch<T> {
  readonly size: number;
  /** Whether there ever was a complete list. */
  readonly isSynced: boolean;
  get(name: string, namespace: string): T | undefined;
  values(): IterableIterator<T>;
  /** Ends it; resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

/** How a resource is followed. */
export interface WatchOptions<T> extends WatchListener<T> {
  readonly connection: Connection;
  readonly selection: Selection;
  readonly timing: Timing;
  /** What to keep of an object: all that it does not copy is forgotten. Must not throw; undefined keeps nothing. */
  prune(object: KubeObject): T | undefined;
  /** How many objects to keep; 100,000 when left out. `onExcess` hears of the first that is left out of each list. */
  readonly maxObjects?: number | undefined;
  onExcess?(limit: number): void;
}
