import { Attributes } from '../../gen/istio/mixer/v1/attributes.js';
import type { AttributeSet } from '../transport.js';

/** The header in which a proxy tells the next one who is calling (mesh.md 1.7). */
export const forwardedHeader = 'x-istio-attributes';

/** What is believed of the header; anything else a peer says is dropped. */
const accepted = [
  'source.uid',
  'source.namespace',
  'destination.service.name',
  'destination.service.uid',
  'destination.service.host',
  'destination.service.namespace',
];

/** The value of the header. Only strings are ever forwarded. */
export function encodeForwarded(attributes: AttributeSet): string {
  const message = Attributes.create();
  // Names are ours, but a record without prototype costs nothing.
  message.attributes = Object.create(null) as Attributes['attributes'];
  for (const [name, value] of attributes) {
    if (typeof value === 'string') message.attributes[name] = { stringValue: value };
  }
  return Buffer.from(Attributes.encode(message).finish()).toString('base64');
}

/** What a header says, as far as it is believed: nothing when it is damaged. */
export function decodeForwarded(header: string): Map<string, string> {
  const found = new Map<string, string>();
  let message: Attributes;
  try {
    message = Attributes.decode(Buffer.from(header, 'base64'));
  } catch {
    // A peer's mistake must not fail the request; it is only not known then who calls.
    return found;
  }
  for (const name of accepted) {
    const value = Object.hasOwn(message.attributes, name) ? message.attributes[name]?.stringValue : undefined;
    if (value !== undefined && value !== '') found.set(name, value);
  }
  return found;
}
