import { Duration } from '../../util/duration.js';
import { type Infer, s } from '../../util/schema.js';

/** A text whose absence counts. */
export const maybeText = (doc?: string) => s.optional(s.string('', doc));
/** A duration whose absence counts. */
export const maybeDuration = (doc?: string) => s.optional(s.duration(Duration.zero, doc));
export const texts = (doc?: string) => s.list(s.string(), doc);
export const textMap = (doc?: string) => s.map(s.string(), new Map(), doc);

/** How a text has to look; without a field it only has to be there. */
export const stringMatch = s.message(
  { exact: maybeText(), prefix: maybeText(), regex: maybeText('RE2; must match the whole text.') },
  { oneofs: [['exact', 'prefix', 'regex']] },
);
export type StringMatch = Infer<typeof stringMatch>;

/** A share in percent; undefined message fields stand for nothing at all. */
export const percent = s.message({ value: s.double() });

/** A port by its number. */
export const portSelector = s.message({ number: s.int32() });

/** A port as gateways, service entries and sidecars name it. */
export const namedPort = s.message({ number: s.int32(), protocol: s.string(), name: s.string() });
export type NamedPort = Infer<typeof namedPort>;
