import type { CloudWatchClient, MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient, PutLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudwatchConfig } from './config.js';
import type { LogEvent } from './log-event.js';

/** Sends data; rejects with what the client throws. */
export interface MetricsClient {
  put(data: readonly MetricDatum[], signal: AbortSignal): Promise<unknown>;
  close(): void;
}

/** Sends events to the log stream; rejects with what the client throws. */
export interface LogsClient {
  put(events: readonly LogEvent[], token: string | undefined, signal: AbortSignal): Promise<PutLogEventsCommandOutput>;
  close(): void;
}

/** Makes a client of CloudWatch. Rejects when its package, or a region, is not there. */
export async function createMetricsClient(config: CloudwatchConfig): Promise<MetricsClient> {
  const { CloudWatchClient, PutMetricDataCommand } = await load(
    () => import('@aws-sdk/client-cloudwatch'),
    '@aws-sdk/client-cloudwatch',
  );
  const client = await withRegion(new CloudWatchClient(optionsOf(config)));
  return {
    put: (data, abortSignal) =>
      client.send(new PutMetricDataCommand({ Namespace: config.namespace, MetricData: [...data] }), { abortSignal }),
    close: () => client.destroy(),
  };
}

/** Makes a client of CloudWatch Logs. Rejects when its package, or a region, is not there. */
export async function createLogsClient(config: CloudwatchConfig): Promise<LogsClient> {
  const { CloudWatchLogsClient, PutLogEventsCommand } = await load(
    () => import('@aws-sdk/client-cloudwatch-logs'),
    '@aws-sdk/client-cloudwatch-logs',
  );
  const client = await withRegion(new CloudWatchLogsClient(optionsOf(config)));
  const { logGroupName, logStreamName } = config;
  return {
    put: (events, sequenceToken, abortSignal) =>
      client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: [...events], sequenceToken }), {
        abortSignal,
      }),
    close: () => client.destroy(),
  };
}

async function load<T>(imported: () => Promise<T>, name: string): Promise<T> {
  try {
    return await imported();
  } catch (cause) {
    throw new Error(`the adapter cloudwatch needs a package: npm install ${name}@3`, { cause });
  }
}

function optionsOf({ region, endpoint }: CloudwatchConfig) {
  return {
    ...(region === '' ? {} : { region }),
    ...(endpoint === '' ? {} : { endpoint }),
    // Trying again is the delivery's.
    maxAttempts: 1,
    retryMode: 'standard',
  };
}

async function withRegion<T extends CloudWatchClient | CloudWatchLogsClient>(client: T): Promise<T> {
  try {
    await client.config.region();
    return client;
  } catch (cause) {
    client.destroy();
    throw new Error('there is no AWS region: give `region`, or AWS_REGION in the environment', { cause });
  }
}
