import { Duration, valueTypes } from '../attributes/index.js';
import { type Infer, s } from '../util/schema.js';

const valueTypeNames = Object.fromEntries(valueTypes.entries()) as Readonly<
  Record<number, (typeof valueTypes)[number]>
>;

const headerOperation = s.message({
  name: s.string(),
  values: s.list(s.string()),
  operation: s.enum({ 0: 'REPLACE', 1: 'REMOVE', 2: 'APPEND' }, 'REPLACE'),
});

/** The spec of a `rule`. Sampling is accepted in any shape and ignored, as Mixer 1.4 did. */
export const ruleSchema = s.message({
  match: s.string(),
  actions: s.list(s.message({ handler: s.string(), instances: s.list(s.string()), name: s.string() })),
  requestHeaderOperations: s.list(headerOperation),
  responseHeaderOperations: s.list(headerOperation),
  sampling: s.any(),
});
/** A decoded `rule`. */
export type RuleSpec = Infer<typeof ruleSchema>;
/** A decoded header operation of a rule. */
export type HeaderOperationSpec = Infer<typeof headerOperation>;

/** The spec of an `instance`. Its `name` is ignored: the metadata's counts. */
export const instanceSchema = s.message({
  name: s.string(),
  compiledTemplate: s.string(),
  template: s.string(),
  params: s.any(),
  attributeBindings: s.map(s.string()),
});

/** The spec of a `handler`. Its `name` is ignored: the metadata's counts. */
export const handlerSchema = s.message({
  name: s.string(),
  compiledAdapter: s.string(),
  adapter: s.string(),
  params: s.any(),
  connection: s.optional(
    s.message({ address: s.string(), timeout: s.optional(s.duration(Duration.zero)), authentication: s.any() }),
  ),
});

/** The spec of an `attributemanifest`. */
export const manifestSchema = s.message({
  revision: s.string(),
  name: s.string(),
  attributes: s.map(
    s.message({ description: s.string(), valueType: s.enum(valueTypeNames, 'VALUE_TYPE_UNSPECIFIED') }),
  ),
});

/** The spec of an `adapter`: the description of an out-of-process adapter. */
export const adapterInfoSchema = s.message({
  name: s.string(),
  description: s.string(),
  templates: s.list(s.string()),
  config: s.string(),
  sessionBased: s.bool(),
});

/** The spec of a `template`: the descriptor of an out-of-process template. */
export const templateInfoSchema = s.message({ descriptor: s.string() });
