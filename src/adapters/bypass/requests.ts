import type { QuotaArgs } from 'fairlead/sdk';
import { writeAny } from './any.js';
import { encode, LENGTH, VARINT, writeEntry, writeMessage, writeNested } from './wire.js';

/** What every request has besides its instances. */
interface Envelope {
  /** A google.protobuf.Any; left out when there is none. */
  readonly config: Uint8Array | undefined;
  readonly dedupId: string;
}

/** A Handle…Request: instances, then what goes with them. Checks have one instance, reports one or more. */
export function encodeRequest(instances: readonly Uint8Array[], { config, dedupId }: Envelope): Uint8Array {
  return encode((writer) => {
    for (const instance of instances) writeMessage(writer, 1, instance);
    writeAny(writer, 2, config);
    writer.tag(3, LENGTH).string(dedupId);
  });
}

/** A HandleQuotaRequest, which asks for one quota under its instance's name. */
export function encodeQuotaRequest(
  instance: Uint8Array,
  quota: { readonly name: string; readonly args: QuotaArgs; readonly config: Uint8Array | undefined },
): Uint8Array {
  const { name, args, config } = quota;
  return encode((writer) => {
    writeMessage(writer, 1, instance);
    writeAny(writer, 2, config);
    writer.tag(3, LENGTH).string(args.deduplicationId);
    writeNested(writer, 4, () =>
      writeEntry(writer, 1, {
        key: name,
        write: () => {
          writer.tag(1, VARINT).int64(args.amount);
          if (args.bestEffort) writer.tag(2, VARINT).bool(true);
        },
      }),
    );
  });
}
