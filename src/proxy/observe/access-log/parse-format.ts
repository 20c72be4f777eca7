/** A piece of a format: text as it is, or an operator. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'operator';
      readonly name: string;
      readonly argument: string | undefined;
      readonly maxLength: number | undefined;
    };

/**
 * Splits a format string of Envoy into its pieces. `%%` is a percent sign.
 *
 * @throws Error for a percent sign that begins no operator.
 */
export function parseFormat(format: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
  };
  for (let at = 0; at < format.length;) {
    const percent = format.indexOf('%', at);
    text += format.slice(at, percent === -1 ? undefined : percent);
    if (percent === -1) break;
    operator.lastIndex = percent;
    const match = operator.exec(format);
    if (match === null) throw new Error(`access log format: no operator at '${format.slice(percent, percent + 20)}'`);
    at = operator.lastIndex;
    const [, name, argument, length] = match;
    if (name === undefined) {
      text += '%';
      continue;
    }
    flush();
    pieces.push({ kind: 'operator', name, argument, maxLength: length === undefined ? undefined : Number(length) });
  }
  flush();
  return pieces;
}

const operator = /%(?:([A-Z_0-9]+)(?:\(([^)]*)\))?(?::(\d{1,9}))?)?%/y;
