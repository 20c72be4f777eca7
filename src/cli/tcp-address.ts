import { type ListenAddress, parseAddress } from '../mixer/index.js';
import { MixerError } from '../util/errors.js';

/**
 * Reads `host:port` where no unix socket will do.
 *
 * @throws MixerError USAGE
 */
export function parseTcpAddress(text: string): ListenAddress & { readonly kind: 'tcp' } {
  const address = parseAddress(text);
  if (address.kind !== 'tcp') throw new MixerError('USAGE', `address '${text}' must be host:port`);
  return address;
}
