import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { DeltaDiscoveryRequest } from '../../gen/envoy/service/discovery/v3/discovery.js';
import type { Protocol } from './protocol.js';
import { everything, isWhole } from './sotw.js';
import type { Subscription } from './subscription.js';

/** Delta: requests and responses name only what is other than before. */
export const delta: Protocol<DeltaDiscoveryRequest> = {
  name: 'delta',
  tellsRemovals: () => true,
  countNames: ({ resourceNamesSubscribe, resourceNamesUnsubscribe, initialResourceVersions }) =>
    resourceNamesSubscribe.length + resourceNamesUnsubscribe.length + Object.keys(initialResourceVersions).length,
  apply(subscription, request, { isFirst }) {
    const { resourceNamesSubscribe: wanted, resourceNamesUnsubscribe: unwanted } = request;
    const wasWildcard = subscription.isWildcard;
    if (isFirst) begin(subscription, request);
    for (const name of wanted) {
      if (name === everything) subscription.isWildcard = true;
      // A name with a version that the client kept is wanted only if there is another.
      else if (isFirst && subscription.sent.has(name)) subscription.subscribe(name);
      else subscription.ask(name);
    }
    for (const name of unwanted) {
      if (name === everything) subscription.isWildcard = false;
      else subscription.leave(name);
    }
    if (subscription.isWildcard !== wasWildcard) subscription.markAll();
  },
  encode({ typeUrl, version, nonce }, { resources, removed }) {
    const writer = new BinaryWriter();
    writer.uint32(10).string(version);
    for (const { name, version: own, any } of resources) {
      writer.uint32(18).fork();
      writer.uint32(10).string(own).uint32(18).bytes(any).uint32(26).string(name);
      writer.join();
    }
    writer.uint32(34).string(typeUrl).uint32(42).string(nonce);
    for (const name of removed) writer.uint32(50).string(name);
    return writer.finish();
  },
};

function begin(subscription: Subscription, request: DeltaDiscoveryRequest): void {
  for (const [name, version] of Object.entries(request.initialResourceVersions)) {
    subscription.sent.set(name, { version });
  }
  if (!isWhole(subscription.kind)) return;
  if (request.resourceNamesSubscribe.length === 0) subscription.isWildcard = true;
  // Without an answer Envoy would wait for its first listeners and clusters until it gives up.
  subscription.owe();
}
