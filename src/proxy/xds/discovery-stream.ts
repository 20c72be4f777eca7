import { type ChannelCredentials, status } from '@grpc/grpc-js';
import type { Node } from '../../gen/envoy/config/core/v3/base.js';
import { AggregatedDiscoveryServiceClient } from '../../gen/envoy/service/discovery/v3/ads.js';
import { DeltaDiscoveryRequest, type DeltaDiscoveryResponse } from '../../gen/envoy/service/discovery/v3/discovery.js';
import { type Need, type ResourceKind, resourceKinds, typeUrls } from './resource-kind.js';

export interface StreamOptions {
  /** `host:port` */
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly node: Node;
  readonly maxMessageBytes: number;
  /** What there is already of a kind, by name. */
  readonly versions: (kind: ResourceKind) => Record<string, string>;
  readonly onResponse: (response: DeltaDiscoveryResponse) => void;
  /** Called once; nothing comes after it. What cannot be read, or is too large, will be so the next time, too. */
  readonly onEnd: (reason: string, isUnreadable: boolean) => void;
}

/** One stream to a server: asks for everything, and answers. */
export interface DiscoveryStream {
  /** Says that a response was taken, or with an error that it was not. */
  answer(response: DeltaDiscoveryResponse, error: string | undefined): void;
  /** Asks for resources by name, so that the server says if there are none. */
  ask(needs: readonly Need[]): void;
  close(): void;
}

const channelOptions = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 10_000,
  // A channel that others share would keep to its own times for trying again.
  'grpc.use_local_subchannel_pool': 1,
  // The HTTP proxy of the environment is likely the one that waits for this.
  'grpc.enable_http_proxy': 0,
};
const everything = '*';
// A message that is too large, and one that is none.
const unreadable: readonly (status | undefined)[] = [status.RESOURCE_EXHAUSTED, status.INTERNAL];
// What is longer explains nothing.
const maxErrorLength = 2000;

/** Opens a stream. Delta: the server sends what is other than before, and a new server what is other than we say we have. */
export function openDiscoveryStream(options: StreamOptions): DiscoveryStream {
  const { address, credentials, node, maxMessageBytes, versions, onResponse, onEnd } = options;
  const client = new AggregatedDiscoveryServiceClient(address, credentials, {
    ...channelOptions,
    'grpc.max_receive_message_length': maxMessageBytes,
  });
  const call = client.deltaAggregatedResources();
  let isOver = false;
  const end = (reason: string, isUnreadable = false): void => {
    if (isOver) return;
    isOver = true;
    call.cancel();
    client.close();
    onEnd(reason, isUnreadable);
  };
  const send = (request: Parameters<typeof DeltaDiscoveryRequest.create>[0]): void => {
    if (!isOver) call.write(DeltaDiscoveryRequest.create(request));
  };
  call.on('data', (response: DeltaDiscoveryResponse) => {
    if (!isOver) onResponse(response);
  });
  call.on('error', (error: Error & { code?: status; details?: string }) => {
    end(error.details ?? error.message, unreadable.includes(error.code));
  });
  call.on('end', () => {
    end('the server ended the stream');
  });
  for (const [index, kind] of resourceKinds.entries()) {
    send({
      ...(index === 0 ? { node } : {}),
      typeUrl: typeUrls[kind],
      resourceNamesSubscribe: [everything],
      initialResourceVersions: versions(kind),
    });
  }
  return {
    answer({ typeUrl, nonce }, error) {
      const message = error?.slice(0, maxErrorLength);
      send({
        typeUrl,
        responseNonce: nonce,
        ...(message === undefined ? {} : { errorDetail: { code: status.INVALID_ARGUMENT, message, details: [] } }),
      });
    },
    ask(needs) {
      for (const kind of resourceKinds) {
        const names = needs.filter((need) => need.kind === kind).map(({ name }) => name);
        if (names.length > 0) send({ typeUrl: typeUrls[kind], resourceNamesSubscribe: names });
      }
    },
    close() {
      if (isOver) return;
      isOver = true;
      call.cancel();
      client.close();
    },
  };
}
