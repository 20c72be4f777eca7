import { absent, type OperatorTable, type Read } from './operator.js';
import { parseFormat, type Piece } from './parse-format.js';

/** Writes one record. */
export type Format<T> = (subject: T) => string;

/**
 * Compiles a line of text.
 *
 * @throws Error for an operator that is not in the table, or has parentheses that it does not understand.
 */
export function compileText<T>(format: string, operators: OperatorTable<T>): Format<T> {
  const reads = parseFormat(format).map((piece) => compilePiece(piece, operators));
  return (subject) => {
    let line = '';
    for (const read of reads) line += read(subject) ?? absent;
    return line;
  };
}

/**
 * Compiles an object of texts, one a line. As in Envoy, all values are strings.
 *
 * @throws Error as {@link compileText}.
 */
export function compileJson<T>(
  fields: readonly (readonly [name: string, format: string])[],
  operators: OperatorTable<T>,
): Format<T> {
  const writers = fields.map(([name, format], index) => ({
    start: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`,
    format: compileText(format, operators),
  }));
  return (subject) => {
    let line = writers.length === 0 ? '{' : '';
    for (const { start, format } of writers) line += start + JSON.stringify(format(subject));
    return `${line}}\n`;
  };
}

function compilePiece<T>(piece: Piece, operators: OperatorTable<T>): Read<T> {
  if (piece.kind === 'text') return () => piece.text;
  const { name, argument, maxLength } = piece;
  const operator = operators.get(name);
  if (operator === undefined) throw new Error(`access log format: unknown operator '%${name}%'`);
  try {
    const read = operator(argument);
    return maxLength === undefined ? read : (subject) => read(subject)?.slice(0, maxLength);
  } catch (cause) {
    throw new Error(`access log format: '%${name}%' ${(cause as Error).message}`, { cause });
  }
}
