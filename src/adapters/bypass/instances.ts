import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { InferredType, Instance } from 'fairlead/sdk';
import type { metric, quota } from 'fairlead/templates';
import { encode, LENGTH } from './wire.js';
import { writeValue, writeValues } from './values.js';

/** The field that every InstanceMsg has for its name, whatever its template. */
const nameField = 72_295_727;

type MetricType = InferredType<(typeof metric)['fields']>;
type QuotaType = InferredType<(typeof quota)['fields']>;

/** An InstanceMsg of a template without fields: `checknothing` and `reportnothing`. */
export function encodeNothing({ name }: { readonly name: string }): Uint8Array {
  return encode((writer) => writeName(writer, name));
}

/** An InstanceMsg of the template `metric`; `type` tells texts apart. Throws when a value cannot be sent. */
export function encodeMetric(instance: Instance<typeof metric>, type: MetricType | undefined): Uint8Array {
  const { value, dimensions, monitoredResourceType, monitoredResourceDimensions } = instance;
  return encode((writer) => {
    if (value !== undefined) {
      writer.tag(1, LENGTH).fork();
      writeValue(writer, value, type?.value);
      writer.join();
    }
    writeValues(writer, 2, { values: dimensions, types: type?.dimensions });
    if (monitoredResourceType !== undefined && monitoredResourceType !== '') {
      writer.tag(3, LENGTH).string(monitoredResourceType);
    }
    writeValues(writer, 4, { values: monitoredResourceDimensions, types: type?.monitoredResourceDimensions });
    writeName(writer, instance.name);
  });
}

/** An InstanceMsg of the template `quota`. Throws when a value cannot be sent. */
export function encodeQuota(instance: Instance<typeof quota>, type: QuotaType | undefined): Uint8Array {
  return encode((writer) => {
    writeValues(writer, 1, { values: instance.dimensions, types: type?.dimensions });
    writeName(writer, instance.name);
  });
}

function writeName(writer: BinaryWriter, name: string): void {
  writer.tag(nameField, LENGTH).string(name);
}
