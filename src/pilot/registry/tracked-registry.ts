import type { Instance, Service } from '../model/service.js';
import type { Registry } from './registry.js';

/** A service and where it runs. Immutable. */
export interface KnownService {
  readonly service: Service;
  readonly instances: readonly Instance[];
}

/** What has changed, by {@link keyOf}. A service that came or went is among `services`. */
export interface RegistryChange {
  /** Services themselves. */
  readonly services: ReadonlySet<string>;
  /** Where services run. */
  readonly instances: ReadonlySet<string>;
}

/** A registry that can tell what has changed, so that the rest need not be looked at. */
export interface TrackedRegistry extends Registry {
  /** How many instances there are. Unlike `instances().length` it never costs anything. */
  readonly instanceCount: number;
  keys(): Iterable<string>;
  get(key: string): KnownService | undefined;
  onChange(listener: (change: RegistryChange) => void): () => void;
}

/** A registry that follows something outside of this process. */
export interface LiveRegistry extends TrackedRegistry {
  /** Resolves when all is known for the first time; until then nothing is. It may never come: race it with a timer. */
  readonly ready: Promise<void>;
  /** Ends it; resolves when nothing is under way any more. What is known stays. */
  close(): Promise<void>;
}

/** Where registries write to. */
export interface RegistryLog {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** What a service is told apart by: `namespace/hostname`. */
export function keyOf({ hostname, namespace }: { readonly hostname: string; readonly namespace: string }): string {
  return `${namespace}/${hostname}`;
}
