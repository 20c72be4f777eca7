import { type Instance, stringify, type Value } from 'fairlead/sdk';
import { cutText } from 'fairlead/sdk/tracing';
import type { metric } from 'fairlead/templates';

/** What SignalFx takes of a dimension. */
const longest = { name: 128, text: 256 };
const resourcePrefix = 'monitored_resource_';

type Values = Readonly<Record<string, Value | undefined>>;

/** A name of a dimension as SignalFx takes it: all but letters, digits, `_` and `-` become `_`. */
export function cleanName(name: string): string {
  return cutText(name, longest.name).replace(/[^\p{L}\p{Nd}_-]/gu, '_');
}

/** The dimensions of a metric as texts, by clean name. What is absent or empty is no dimension. */
export function dimensionsOf(instance: Instance<typeof metric>): ReadonlyMap<string, string> {
  const dimensions = new Map<string, string>();
  addAll(dimensions, instance.dimensions, '');
  const { monitoredResourceType: type = '' } = instance;
  if (type !== '') dimensions.set(`${resourcePrefix}type`, cutText(type, longest.text));
  addAll(dimensions, instance.monitoredResourceDimensions, resourcePrefix);
  return dimensions;
}

function addAll(dimensions: Map<string, string>, values: Values, prefix: string): void {
  for (const name of Object.keys(values)) {
    const text = cutText(stringify(values[name]), longest.text);
    if (text !== '' && name !== '') dimensions.set(cleanName(prefix + name), text);
  }
}
