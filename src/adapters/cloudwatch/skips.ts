import type { Env } from 'fairlead/sdk';

/** Takes note of what is not sent. */
export type Skip = (template: 'metric' | 'logentry', instance: string, reason: string) => void;

/** Counts what is not sent, and says so once for each instance and reason. */
export function createSkip({ log, metrics }: Pick<Env, 'log' | 'metrics'>): Skip {
  const counter = metrics.counter('skipped_total', 'Metrics and log entries that were not sent, by reason.');
  const told = new Set<string>();
  return (template, instance, reason) => {
    counter.add(1, { template, reason });
    const key = `${reason} ${instance}`;
    if (told.has(key)) return;
    told.add(key);
    log.warn('cannot be sent; said once', { instance, reason });
  };
}
