import { type ValueType, Vocabulary } from '../../attributes/index.js';
import type { Resource } from '../../config/index.js';
import type { ScalarTypes, Template } from '../../sdk/index.js';
import { type Diagnostic, hasErrors } from '../../util/diagnostics.js';
import { manifestSchema } from '../kinds-schemas.js';
import { snakeCase } from '../names-fields.js';
import { decode } from './decode.js';
import { diagnose } from './finding.js';
import { broken, type Outcome } from './outcome.js';
import { childPath } from './yaml-path.js';

/** One attribute that a manifest declares. */
export interface Declaration {
  readonly name: string;
  readonly type: ValueType;
  readonly resource: Resource;
  readonly at: string;
}

/**
 * Decodes a manifest into its declarations. An attribute without a type or name is left out, the others stay: losing
 * them would lose every rule that reads them. The manifest then still gives way to its last good version.
 */
export function compileManifest(resource: Resource): Outcome<readonly Declaration[]> {
  const { value, diagnostics } = decode(resource, manifestSchema);
  const findings: Diagnostic[] = [...diagnostics];
  const declarations: Declaration[] = [];
  if (hasErrors(diagnostics)) return broken(findings);
  for (const [name, info] of value.attributes) {
    const at = childPath('spec.attributes', name);
    if (name !== '' && info.valueType !== 'VALUE_TYPE_UNSPECIFIED') {
      declarations.push({ name, type: info.valueType, resource, at });
      continue;
    }
    const message = name === '' ? 'an attribute needs a name' : `attribute '${name}' has no value type`;
    findings.push(diagnose(resource, { code: 'FIELD_VALUE', message, at }));
  }
  return { value: declarations, sound: !hasErrors(findings), diagnostics: findings };
}

/** The names that a manifest wants to declare, also when it is broken: what uses them is not to blame. */
export function declaredNames(resource: Resource): readonly string[] {
  return [...decode(resource, manifestSchema).value.attributes.keys()];
}

/** Value types of the scalar template fields. */
export const scalarValueTypes: Readonly<Record<keyof ScalarTypes, ValueType>> = {
  string: 'STRING',
  int64: 'INT64',
  double: 'DOUBLE',
  bool: 'BOOL',
  timestamp: 'TIMESTAMP',
  duration: 'DURATION',
  ipAddress: 'IP_ADDRESS',
  dnsName: 'DNS_NAME',
  emailAddress: 'EMAIL_ADDRESS',
  uri: 'URI',
  stringMap: 'STRING_MAP',
};

/** An output field of a template: its key in what adapters return, its name in expressions, and its type. */
export interface OutputField {
  readonly field: string;
  readonly name: string;
  readonly type: ValueType;
}

/** The output fields of a template. Only scalars and string maps can be put out. */
export function outputFields(template: Template): readonly OutputField[] {
  const found: OutputField[] = [];
  for (const [field, { kind }] of Object.entries(template.output)) {
    if (kind === 'value' || kind === 'map' || kind === 'message') continue;
    found.push({ field, name: snakeCase(field), type: scalarValueTypes[kind] });
  }
  return found;
}

/**
 * Makes the vocabulary of a snapshot: the standard attributes, the outputs of the generators, then the manifests in
 * the order given. An attribute that is there already with another type is a conflict, and the first one wins (Mixer
 * let chance decide).
 */
export function buildVocabulary(
  standard: Iterable<readonly [name: string, type: ValueType]>,
  templates: readonly Template[],
  declarations: Iterable<Declaration>,
): { readonly vocabulary: Vocabulary; readonly diagnostics: readonly Diagnostic[] } {
  const vocabulary = new Vocabulary();
  const owners = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  const define = (name: string, type: ValueType, owner: string): void => {
    if (vocabulary.slotOf(name) !== undefined) return;
    vocabulary.define(name, type);
    owners.set(name, owner);
  };
  for (const [name, type] of standard) define(name, type, 'the standard vocabulary');
  for (const template of templates) {
    if (template.variety !== 'ATTRIBUTE_GENERATOR') continue;
    for (const { name, type } of outputFields(template)) {
      define(`${template.outputPrefix}${name}`, type, `template '${template.name}'`);
    }
  }
  for (const { name, type, resource, at } of declarations) {
    const slot = vocabulary.slotOf(name);
    if (slot === undefined) define(name, type, `attributemanifest '${resource.name}.${resource.namespace}'`);
    else if (vocabulary.typeOf(slot) !== type) {
      const message = `attribute '${name}' is ${type} here but ${vocabulary.typeOf(slot)} in ${owners.get(name) ?? ''}, which counts`;
      diagnostics.push(diagnose(resource, { code: 'ATTRIBUTE_CONFLICT', message, at }));
    }
  }
  return { vocabulary, diagnostics };
}
