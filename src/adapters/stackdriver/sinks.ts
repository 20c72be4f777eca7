import { type Env, rpcCode } from 'fairlead/sdk';
import { createDelivery, type Delivery, type SendOutcome } from 'fairlead/sdk/delivery';
import type { Api } from './api.js';
import type { SinkInfo, StackdriverConfig } from './config.js';
import { outcomeOf } from './failure.js';

/** What {@link createSinks} works with. */
export interface SinksOptions {
  readonly api: Api;
  /** Where Cloud Logging is. */
  readonly endpoint: string;
  readonly projectId: string;
}

/**
 * Makes the sinks of a configuration, in the background: the handler does not wait for them. One that is there already
 * is changed as far as its flags say.
 */
export function createSinks({ logInfo }: StackdriverConfig, env: Env, options: SinksOptions): Delivery<SinkInfo> {
  const delivery = createDelivery<SinkInfo>(env, {
    name: 'sinks',
    queue: { entries: 1000, bytes: 1 << 20 },
    batch: { entries: 1, bytes: 1 << 20, millis: 0 },
    timeoutMillis: 15_000,
    sizeOf: ({ id, destination, filter }) => id.length + destination.length + filter.length,
    send: ([sink], { signal }) =>
      sink === undefined ? Promise.resolve({ kind: 'delivered' }) : writeSink(sink, signal, options),
  });
  for (const { sinkInfo } of logInfo.values()) if (sinkInfo !== undefined) delivery.offer(sinkInfo);
  return delivery;
}

async function writeSink(
  sink: SinkInfo,
  signal: AbortSignal,
  { api, endpoint, projectId }: SinksOptions,
): Promise<SendOutcome<SinkInfo>> {
  const { id, destination, filter, UniqueWriterIdentity: unique } = sink;
  const url = `${endpoint}/v2/projects/${encodeURIComponent(projectId)}/sinks`;
  const query = `uniqueWriterIdentity=${String(unique)}`;
  const body = JSON.stringify({ name: id, destination, filter });
  const failure = await api.call({ method: 'POST', url: `${url}?${query}`, body }, signal);
  if (failure === undefined) return { kind: 'delivered' };
  if (failure.code !== rpcCode.ALREADY_EXISTS) return outcomeOf(failure);
  const mask = updateMask(sink);
  if (mask === '') return { kind: 'delivered' };
  const update = `${url}/${encodeURIComponent(id)}?${query}&updateMask=${encodeURIComponent(mask)}`;
  const refused = await api.call({ method: 'PATCH', url: update, body }, signal);
  return refused === undefined ? { kind: 'delivered' } : outcomeOf(refused);
}

/** The fields that change. An identity of its own is given with a field that never does. */
function updateMask(sink: SinkInfo): string {
  const fields = [
    ...(sink.UpdateDestination ? ['destination'] : []),
    ...(sink.UpdateFilter ? ['filter'] : []),
    ...(sink.UpdateIncludeChildren ? ['includeChildren'] : []),
  ];
  if (fields.length === 0 && sink.UniqueWriterIdentity) return 'outputVersionFormat';
  return fields.join(',');
}
