import type { AttributeReader, EvalError, Value } from '../attributes/index.js';
import { codeGenerationAllowed, emitExpression, emitRecord } from './emit.js';
import { interpretExpression, interpretRecord } from './interpret.js';
import { countFields, type RecordShape } from './record.js';
import type { CheckedExpression } from './typed.js';

/** How expressions are evaluated. Both give the same values, errors and references. */
export type Engine = 'compiled' | 'interpreted';

// Beyond this a generated constructor has too many parameters to be worth it.
const maxGeneratedFields = 1_000;

/**
 * Makes an expression ready to run. The function never throws: it returns the value or the EvalError that explains why
 * there is none. A STRING_MAP value belongs to the bag and lives as long. Generated code is the default; where the
 * process forbids it, the interpreter silently takes over.
 */
export function compileExpression(
  checked: CheckedExpression,
  engine: Engine = 'compiled',
): (bag: AttributeReader) => Value | EvalError {
  return engine === 'compiled' && codeGenerationAllowed() ? emitExpression(checked) : interpretExpression(checked);
}

/**
 * Makes a builder of records. Fields are evaluated in order, nested ones where they stand, and the first that has no
 * value ends it with a FieldError. The object has no property but those of its shape, also none inherited: names may be
 * `__proto__` or `constructor`. Whole string maps are copied into a Map, so a record outlives its bag.
 */
export function compileRecord(shape: RecordShape, engine: Engine = 'compiled'): (bag: AttributeReader) => object {
  const generate = engine === 'compiled' && codeGenerationAllowed() && countFields(shape) <= maxGeneratedFields;
  return generate ? emitRecord(shape) : interpretRecord(shape);
}
