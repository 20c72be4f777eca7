import type { Handler } from 'fairlead/sdk';
import { createDelivery } from 'fairlead/sdk/delivery';
import { type GoTemplate, RenderError } from 'fairlead/sdk/gotemplate';
import type { logentry } from 'fairlead/templates';
import type { LogsClient } from './clients.js';
import type { CloudwatchConfig } from './config.js';
import { type LogEvent, parsePayload, sizeOfEvent, toEvent } from './log-event.js';
import { LogSender } from './log-sender.js';
import type { PartOptions } from './metrics.js';

const limits = {
  queue: { entries: 50_000, bytes: 32 * 2 ** 20 },
  // What a call may have.
  batch: { entries: 10_000, bytes: 2 ** 20, millis: 1000 },
  timeoutMillis: 10_000,
};

/** Handles log entries: they are written at once, for templates are over the call's values, and sent in the background. */
export function createLogs({ config, env, client, skip }: PartOptions<LogsClient>): Required<Handler<typeof logentry>> {
  const templates = parseAll(config.logs);
  const sender = new LogSender(client, `log stream "${config.logStreamName}" of group "${config.logGroupName}"`);
  const delivery = createDelivery<LogEvent>(env, {
    name: 'logs',
    overflow: 'oldest',
    ...limits,
    sizeOf: sizeOfEvent,
    send: (batch, context) => sender.send(batch, context),
  });
  return {
    handleLogEntry(instances) {
      const now = env.clock.now();
      for (const instance of instances) {
        const event = write(instance, templates.get(instance.name), now);
        if (typeof event === 'string') skip('logentry', instance.name, event);
        else delivery.offer(event);
      }
    },
    async close() {
      await delivery.close();
      client.close();
    },
  };
}

function write(
  instance: Parameters<typeof toEvent>[0],
  template: GoTemplate | undefined,
  now: number,
): LogEvent | string {
  if (template === undefined) return 'unknown';
  try {
    return toEvent(instance, template, now);
  } catch (error) {
    if (error instanceof RenderError) return 'template';
    throw error;
  }
}

function parseAll(logs: CloudwatchConfig['logs']): ReadonlyMap<string, GoTemplate> {
  const templates = new Map<string, GoTemplate>();
  for (const [name, { payloadTemplate }] of logs) {
    const { template } = parsePayload(payloadTemplate);
    if (template !== undefined) templates.set(name, template);
  }
  return templates;
}
