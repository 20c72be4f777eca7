import type { ValueType } from '../../attributes/index.js';
import type { Resource } from '../../config/index.js';
import type { CheckedExpression, RecordShape } from '../../expr/index.js';
import type { Field, Fields } from '../../sdk/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import { goCase } from '../names-fields.js';
import type { Expressions } from './expressions.js';
import { diagnose } from './finding.js';
import { scalarValueTypes } from './manifests.js';
import type { Params } from './params-schema.js';
import { childPath } from './yaml-path.js';

type ShapeField = RecordShape['fields'][number];

/** The inferred types of dynamic fields, as adapters get them: prototype-less, since map keys are users' text. */
export interface Inferred {
  readonly [field: string]: ValueType | Inferred;
}

/** The result of type-checking an instance's params. */
export interface ShapeOutcome {
  readonly fields: readonly ShapeField[];
  readonly inferred: Inferred;
  readonly diagnostics: readonly Diagnostic[];
  /** True when something is missing without a diagnostic of its own. */
  readonly silent: boolean;
}

interface Place {
  /** YAML path, `spec.params.dimensions`. */
  readonly at: string;
  /** Go path, `Dimensions`: what error texts of instances name (mixer-core.md 4.3). */
  readonly go: string;
}

/** Type-checks the params of one instance against the template's fields, collecting all findings. */
export class ShapeBuilder {
  readonly #diagnostics: Diagnostic[] = [];
  #silent = false;

  constructor(
    private readonly resource: Resource,
    private readonly expressions: Expressions,
  ) {}

  build(fields: Fields, params: Params, at: string): ShapeOutcome {
    const built = this.#message(fields, params, { at, go: '' });
    return { ...built, diagnostics: this.#diagnostics, silent: this.#silent };
  }

  #message(
    fields: Fields,
    params: Params,
    place: Place,
  ): { readonly fields: readonly ShapeField[]; readonly inferred: Inferred } {
    const shape: ShapeField[] = [];
    const inferred = Object.create(null) as Record<string, ValueType | Inferred>;
    for (const [name, field] of Object.entries(fields)) {
      const go = place.go === '' ? goCase(name) : `${place.go}.${goCase(name)}`;
      const { value, type } = this.#field(field, params[name], { at: childPath(place.at, name), go });
      shape.push({ name, path: go, value });
      inferred[name] = type;
    }
    return { fields: shape, inferred };
  }

  #field(
    field: Field,
    param: Params[string],
    place: Place,
  ): { readonly value: ShapeField['value']; readonly type: ValueType | Inferred } {
    if (field.kind === 'message') {
      const nested = isParams(param) ? param : {};
      const { fields, inferred } = this.#message(field.fields, nested, place);
      return { value: { kind: 'record', fields }, type: inferred };
    }
    if (field.kind === 'map') {
      const { fields, inferred } = this.#map(field.value.kind, param instanceof Map ? param : new Map(), place);
      return { value: { kind: 'record', fields }, type: inferred };
    }
    const expected = field.kind === 'value' ? undefined : scalarValueTypes[field.kind];
    // An empty expression leaves a scalar field unset; in a map it is an error.
    const checked = typeof param === 'string' && param !== '' ? this.#check(param, expected, place) : undefined;
    return { value: checked, type: checked?.type ?? expected ?? 'VALUE_TYPE_UNSPECIFIED' };
  }

  #map(
    kind: 'value' | 'string',
    entries: ReadonlyMap<string, string>,
    place: Place,
  ): { readonly fields: readonly ShapeField[]; readonly inferred: Inferred } {
    const fields: ShapeField[] = [];
    const inferred = Object.create(null) as Record<string, ValueType>;
    const expected = kind === 'string' ? 'STRING' : undefined;
    for (const [key, source] of entries) {
      const at = { at: childPath(place.at, key), go: `${place.go}[${key}]` };
      const checked = this.#check(source, expected, at);
      fields.push({ name: key, path: at.go, value: checked });
      inferred[key] = checked?.type ?? 'VALUE_TYPE_UNSPECIFIED';
    }
    return { fields, inferred };
  }

  #check(source: string, expected: ValueType | undefined, place: Place): CheckedExpression | undefined {
    if (source.trim() === '') {
      const message = `the expression is empty; the empty text is '""'`;
      this.#diagnostics.push(diagnose(this.resource, { at: place.at, code: 'EXPRESSION_INVALID', message }));
      return undefined;
    }
    const { checked, diagnostic } = this.expressions.check(this.resource, {
      at: place.at,
      source,
      ...(expected === undefined ? {} : { expected }),
    });
    if (diagnostic !== undefined) this.#diagnostics.push(diagnostic);
    else if (checked === undefined) this.#silent = true;
    return checked;
  }
}

function isParams(param: Params[string]): param is Params {
  return typeof param === 'object' && !(param instanceof Map);
}
