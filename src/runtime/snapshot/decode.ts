import { type Decoded, decodeSpec, type Resource } from '../../config/index.js';
import type { MessageSchema } from '../../util/schema.js';
import { describePlace } from './finding.js';

/** Decodes a resource's spec, or a part of it; the diagnostics name the resource in their paths. */
export function decode<T>(resource: Resource, schema: MessageSchema<T>, at = 'spec'): Decoded<T> {
  const { value, diagnostics } = decodeSpec(resource, schema, at);
  return {
    value,
    diagnostics: diagnostics.map((found) => ({ ...found, path: describePlace(resource, found.path ?? at) })),
  };
}
