import type { ValueType } from 'fairlead/sdk';

import { computeBounds } from './buckets.js';
import type { MetricConfig } from './config.js';

/** A metric as it is exported. */
export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'GAUGE' | 'COUNTER' | 'DISTRIBUTION';
  /** Empty unless it is a DISTRIBUTION. */
  readonly bounds: readonly number[];
  /** The dimensions that become attributes; undefined for all that an instance has. */
  readonly dimensions: readonly string[] | undefined;
}

/** What is known of the instances when a handler is built. */
export interface InstanceShape {
  readonly value: ValueType;
  readonly dimensions: Readonly<Record<string, ValueType>>;
}

/** Resolves a piece of configuration for one instance. */
export function createDefinition(
  instanceName: string,
  config: MetricConfig,
  shape: InstanceShape | undefined,
): Definition {
  const isDuration = shape?.value === 'DURATION';
  const usual = isDuration ? 'DISTRIBUTION' : 'COUNTER';
  const kind = config.kind === 'UNSPECIFIED' ? usual : config.kind;
  return {
    name: config.name || instanceName,
    description: config.description,
    unit: config.unit || (isDuration ? 's' : ''),
    kind,
    bounds: kind === 'DISTRIBUTION' ? computeBounds(config.buckets) : [],
    dimensions: config.labelNames.length > 0 ? config.labelNames : shape && Object.keys(shape.dimensions),
  };
}
