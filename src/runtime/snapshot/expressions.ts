import type { AttributeReader, ValueType, Vocabulary } from '../../attributes/index.js';
import type { Resource } from '../../config/index.js';
import {
  type CheckedExpression,
  checkExpression,
  type CompileError,
  compileExpression,
  compileRecord,
  type Engine,
  isCompileError,
  type RecordShape,
} from '../../expr/index.js';
import type { Diagnostic } from '../../util/diagnostics.js';
import type { Condition, Evaluate } from '../routing/table.js';
import { expressionHint } from './expression-hint.js';
import { diagnose, type Spot } from './finding.js';

/** Attribute names as an expression writes them → names in the vocabulary. */
export type Aliases = ReadonlyMap<string, string>;

/** An expression in a resource, and what it is for. */
export interface ExpressionUse extends Spot {
  readonly source: string;
  /** The type it must have; any when left out. */
  readonly expected?: ValueType;
  readonly aliases?: Aliases | undefined;
  /** Prefixes of attribute names that hang on something reported already. */
  readonly reported?: readonly string[];
}

/** A checked expression, or why there is none. No diagnostic: it hangs on something that has been reported. */
export type CheckOutcome =
  | { readonly checked: CheckedExpression; readonly diagnostic: undefined }
  | { readonly checked: undefined; readonly diagnostic: Diagnostic | undefined };

/**
 * Checks and compiles the expressions of one snapshot. Equal texts are checked and compiled once, so that rules with
 * the same match share one condition.
 */
export class Expressions {
  readonly #checks = new Map<string, CheckedExpression | CompileError>();
  readonly #conditions = new Map<string, Condition>();
  readonly #evaluations = new Map<CheckedExpression, Evaluate>();

  constructor(
    readonly vocabulary: Vocabulary,
    private readonly options: {
      readonly engine?: Engine | undefined;
      /** True for an attribute whose declaration has been reported as broken. */
      readonly isReported: (attribute: string) => boolean;
    },
  ) {}

  /** Checks an expression; `resource` is whose it is. */
  check(resource: Resource, use: ExpressionUse): CheckOutcome {
    const checked = this.#check(use.source, use.aliases);
    if (isCompileError(checked)) {
      return { checked: undefined, diagnostic: this.#describe(resource, use, checked) };
    }
    if (use.expected === undefined || checked.type === use.expected) return { checked, diagnostic: undefined };
    const message = `expression '${excerpt(use.source)}' has type ${checked.type}, expected ${use.expected}`;
    return { checked: undefined, diagnostic: diagnose(resource, { ...use, code: 'TYPE_MISMATCH', message }) };
  }

  /** The shared condition for a match that has been checked. */
  condition(checked: CheckedExpression): Condition {
    const source = checked.source.trim();
    const known = this.#conditions.get(source);
    if (known !== undefined) return known;
    const condition: Condition = { source, evaluate: this.compile(checked) };
    this.#conditions.set(source, condition);
    return condition;
  }

  compile(checked: CheckedExpression): Evaluate {
    const known = this.#evaluations.get(checked);
    if (known !== undefined) return known;
    const evaluate = compileExpression(checked, this.options.engine);
    this.#evaluations.set(checked, evaluate);
    return evaluate;
  }

  /** The build function of an instance: a record, or a FieldError. */
  compileRecord(shape: RecordShape): (bag: AttributeReader) => object {
    return compileRecord(shape, this.options.engine);
  }

  /** Drops what only compiling needs: syntax trees live no longer than that. */
  forget(): void {
    this.#checks.clear();
    this.#evaluations.clear();
  }

  #check(source: string, aliases: Aliases | undefined): CheckedExpression | CompileError {
    if (aliases !== undefined && aliases.size > 0) return checkExpression(source, this.vocabulary, { aliases });
    const known = this.#checks.get(source);
    if (known !== undefined) return known;
    const checked = checkExpression(source, this.vocabulary);
    this.#checks.set(source, checked);
    return checked;
  }

  #describe(resource: Resource, use: ExpressionUse, error: CompileError): Diagnostic | undefined {
    const attribute = error.detail['attribute'];
    if (error.kind === 'UNKNOWN_ATTRIBUTE' && typeof attribute === 'string') {
      const prefixed = use.reported?.some((prefix) => attribute.startsWith(prefix)) ?? false;
      if (prefixed || this.options.isReported(attribute)) return undefined;
    }
    const hint = expressionHint(error, use.source, this.vocabulary);
    const message = `${error.kind} in '${excerpt(use.source)}' at ${error.line}:${error.column}: ${error.message}${hint}`;
    const offset = error.line === 1 ? charactersIn(use.source, error.column - 1) : 0;
    return diagnose(resource, { ...use, code: 'EXPRESSION_INVALID', message, offset });
  }
}

/** How many UTF-16 units a number of UTF-8 bytes is: Go counts columns in bytes, editors and YAML positions do not. */
function charactersIn(source: string, bytes: number): number {
  return Buffer.from(source).subarray(0, bytes).toString().length;
}

/** In one line and not too long: a message is one line of a log. */
function excerpt(source: string): string {
  const line = source.trimEnd().replaceAll('\n', '\\n');
  return line.length <= 120 ? line : `${line.slice(0, 117)}...`;
}
