import type { Field, Fields, Template } from '../../sdk/index.js';
import { type MessageSchema, type Schema, s } from '../../util/schema.js';

/** Decoded instance params: an expression per scalar field, a map of them per map field, nested for messages. */
export interface Params {
  readonly [field: string]: string | ReadonlyMap<string, string> | Params | undefined;
}

const known = new WeakMap<
  Template,
  { readonly plain: MessageSchema<Params>; readonly legacy: MessageSchema<Params> }
>();

/**
 * The schema of a template's instance params (mixer-core.md 4.3): every scalar becomes the text of an expression. As
 * a legacy kind a generator has its attribute bindings beside the params.
 */
export function paramsSchema(template: Template, form: 'plain' | 'legacy'): MessageSchema<Params> {
  let schemas = known.get(template);
  if (schemas === undefined) {
    const plain = schemasOf(template.fields);
    const legacy =
      template.variety === 'ATTRIBUTE_GENERATOR' ? { ...plain, attributeBindings: s.map(s.string()) } : plain;
    schemas = { plain: message(plain), legacy: message(legacy) };
    known.set(template, schemas);
  }
  return schemas[form];
}

function message(fields: Readonly<Record<string, Schema>>): MessageSchema<Params> {
  return s.message(fields) as unknown as MessageSchema<Params>;
}

function schemasOf(fields: Fields): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]));
}

function schemaOf(field: Field): Schema {
  if (field.kind === 'message') return s.message(schemasOf(field.fields));
  return field.kind === 'map' ? s.map(s.string()) : s.string();
}
