import type { Resource } from '../../config/index.js';
import type { MessageSchema } from '../../util/schema.js';

/** A decoded and valid piece of configuration. Immutable. */
export interface Config<T> {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** Milliseconds since 1970; 0 when the configuration does not say. */
  readonly createdAt: number;
  readonly spec: T;
  /** Where it was read, for diagnostics. */
  readonly resource: Resource;
}

/** Takes what a validator finds. Paths are relative to the spec: `http[0].route[1].weight`; '' is the spec itself. */
export interface Findings {
  /** A value is not what its field takes: FIELD_VALUE, an error. */
  value(path: string, message: string): void;
  /** Something is missing, or parts do not go together: CONFIG_INVALID, an error. */
  invalid(path: string, message: string): void;
  /** Something has no effect: CONFIG_INVALID, a warning. */
  warn(path: string, message: string): void;
}

/** What a kind of configuration is: how it is called, what it looks like, and what a schema cannot say about it. */
export interface Kind<T> {
  readonly kind: string;
  /** The part of `apiVersion` before the slash. */
  readonly group: string;
  readonly versions: readonly string[];
  readonly schema: MessageSchema<T>;
  /** Finds all that is wrong with a spec; may be called with one whose fields hold defaults where decoding failed. */
  readonly validate: (spec: T, findings: Findings) => void;
  /** Annotations that mean something, each with what is wrong with a text; undefined for nothing. */
  readonly annotations?: ReadonlyMap<string, (text: string) => string | undefined>;
}

/** The group of the kinds that route traffic; versions differ in names only as far as their fields are these. */
export const networking = { group: 'networking.istio.io', versions: ['v1alpha3', 'v1beta1', 'v1'] } as const;

/** The group of the kinds that a proxy's Mixer client is configured with. */
export const mixerClient = { group: 'config.istio.io', versions: ['v1alpha2'] } as const;

/** The group of kinds that are our own. */
export const own = { group: 'fairlead.dev', versions: ['v1'] } as const;
