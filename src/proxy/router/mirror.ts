import type { Readable } from 'node:stream';
import type { ProxyEnv } from '../env.js';
import type { RequestHead } from '../http/message.js';
import { Headers } from '../http/headers.js';
import type { UpstreamCluster, UpstreamHandler } from '../upstream/types.js';

export interface Mirrored {
  readonly request: RequestHead;
  readonly body: Readable | undefined;
  readonly cluster: UpstreamCluster | undefined;
  readonly env: ProxyEnv;
  /** What ends each copy under way. */
  readonly underWay: Set<() => void>;
}

const longestMillis = 15_000;

/** Sends a copy whose answer nobody waits for; its authority says that it is one. */
export function sendMirrored({ request, body, cluster, env, underWay }: Mirrored): void {
  const release = cluster?.enter('request');
  const endpoint = release === undefined ? undefined : cluster?.pick({});
  if (endpoint === undefined) {
    release?.();
    body?.destroy();
    return;
  }
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    cancel();
    underWay.delete(stop);
    release?.();
  };
  const stop = (): void => {
    call.cancel();
    end();
  };
  const handler: UpstreamHandler = {
    onHead: () => undefined,
    onData: () => true,
    onEnd: end,
    onFailure: end,
  };
  const cancel = env.after(longestMillis, stop);
  underWay.add(stop);
  const head = { ...request, authority: shadowed(request.authority), headers: new Headers([...request.headers.raw]) };
  const call = endpoint.send({ head, body }, handler);
}

/** `reviews:9080` becomes `reviews-shadow:9080`. */
function shadowed(authority: string): string {
  const port = /:\d+$/.exec(authority)?.index ?? authority.length;
  return `${authority.slice(0, port)}-shadow${authority.slice(port)}`;
}
