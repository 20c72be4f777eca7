import type { EvalError } from '../attributes/index.js';
import type { CheckedExpression } from './typed.js';

/** One property of a record. `path` names it in errors, for example `Dimensions[k]`. */
export interface RecordField {
  readonly name: string;
  readonly path: string;
  /** Undefined leaves the property undefined. */
  readonly value: RecordShape | CheckedExpression | { readonly kind: 'constant'; readonly value: unknown } | undefined;
}

/** The shape of an object that is built from a bag: a property per field, in order. Names must be distinct. */
export interface RecordShape {
  readonly kind: 'record';
  readonly fields: readonly RecordField[];
}

/** Why a record could not be built: the first field, in order, whose expression has no value. */
export class FieldError {
  constructor(
    readonly path: string,
    readonly error: EvalError,
  ) {}
}

/** How many fields a shape has, nested ones included. */
export function countFields(shape: RecordShape): number {
  return shape.fields.reduce((sum, { value }) => sum + (value?.kind === 'record' ? countFields(value) : 1), 0);
}
