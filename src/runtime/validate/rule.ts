import type { Resource } from '../../config/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { Kinds, Role } from '../kinds.js';

/** A resource, and what its kind makes of it. */
export interface Classified {
  readonly resource: Resource;
  readonly role: Role;
}

/** Judges a resource by its kind, before anything refers to it. Undefined when there is nothing to say. */
export type ResourceRule = (subject: Classified, kinds: Kinds) => Diagnostic | undefined;
