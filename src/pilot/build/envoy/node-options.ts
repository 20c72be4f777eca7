import type { XdsNode } from '../../xds/node.js';
import { optionsOfNode } from '../fairlead/node-options.js';
import type { EnvoyOptions } from './context.js';

/** What an Envoy says of itself by the metadata of its node, as options of its configuration. */
export function optionsOfEnvoyNode(node: Pick<XdsNode, 'metadata'>): EnvoyOptions {
  const { metadata } = node;
  const mode = Object.hasOwn(metadata, 'INTERCEPTION_MODE') ? metadata['INTERCEPTION_MODE'] : undefined;
  return { ...optionsOfNode(node), interception: mode === 'NONE' ? 'none' : 'redirect' };
}
