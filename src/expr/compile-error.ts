/** Why an expression cannot be used, found when the configuration is loaded (mixer-core.md 3.3). */
export type CompileErrorKind =
  | 'PARSE_ERROR'
  | 'UNSUPPORTED_SYNTAX'
  | 'UNKNOWN_ATTRIBUTE'
  | 'UNKNOWN_FUNCTION'
  | 'ARITY_MISMATCH'
  | 'ARG_TYPE_MISMATCH'
  | 'TARGET_TYPE_MISMATCH'
  | 'INSTANCE_REQUIRED'
  | 'NOT_INSTANCE'
  | 'OPERATION_UNSUPPORTED_FOR_TYPE'
  | 'EXPRESSION_TOO_LARGE';

/** A place in an expression, from 1; columns count UTF-8 bytes, as Go's own tools do. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * The first mistake in an expression. Returned, never thrown. `detail` carries what the message names, under the keys
 * of mixer-core.md 3.3: `attribute`, `function`, `call`, `argIndex`, `argText`, `got`, `expected`, `operation`, `type`.
 */
export class CompileError implements Place {
  constructor(
    readonly kind: CompileErrorKind,
    readonly message: string,
    readonly line: number,
    readonly column: number,
    readonly detail: Readonly<Record<string, string | number>> = {},
  ) {}
}

/** Tells a refused expression from anything else that a parser or checker returns. */
export function isCompileError(value: unknown): value is CompileError {
  return value instanceof CompileError;
}

/** Makes an error that points to an offset of the source (in UTF-16 code units). */
export function errorAt(
  source: string,
  offset: number,
  what: {
    readonly kind: CompileErrorKind;
    readonly message: string;
    readonly detail?: Readonly<Record<string, string | number>>;
  },
): CompileError {
  const { line, column } = placeOf(source, offset);
  return new CompileError(what.kind, what.message, line, column, what.detail);
}

function placeOf(source: string, offset: number): Place {
  let line = 1;
  let start = 0;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) {
    line++;
    start = at + 1;
  }
  return { line, column: Buffer.byteLength(source.slice(start, offset)) + 1 };
}
