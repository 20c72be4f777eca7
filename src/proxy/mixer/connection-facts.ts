import { addressBytes, type ConnectionFacts } from '../../client/index.js';
import type { Downstream } from '../http/message.js';

const scheme = 'spiffe://';

/** What Mixer hears of a connection; the same object for all requests of one. */
export function connectionFacts(downstream: Downstream): ConnectionFacts {
  let facts = known.get(downstream);
  if (facts === undefined) known.set(downstream, (facts = readFacts(downstream)));
  return facts;
}

const known = new WeakMap<Downstream, ConnectionFacts>();

function readFacts({ remote, tls }: Downstream): ConnectionFacts {
  return {
    remoteAddress: addressBytes(remote.host),
    isMutualTls: tls?.peerUris !== undefined,
    serverName: tls?.serverName,
    localPrincipal: principalOf(tls?.localUris),
    peerPrincipal: principalOf(tls?.peerUris),
  };
}

function principalOf(uris: readonly string[] | undefined): string | undefined {
  const [first] = uris ?? [];
  return first?.startsWith(scheme) === true ? first.slice(scheme.length) : first;
}
