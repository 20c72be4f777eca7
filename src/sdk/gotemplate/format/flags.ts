/** What is between the percent sign and the verb. */
export interface Flags {
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** No flags, as `%v` alone has. */
export const noFlags: Flags = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
};

/** A text brought to the width, which counts characters. */
export function pad(text: string, { width, minus, zero }: Flags): string {
  if (width === undefined || width === 0) return text;
  const missing = width - lengthOf(text);
  if (missing <= 0) return text;
  return minus ? text + ' '.repeat(missing) : (zero ? '0' : ' ').repeat(missing) + text;
}

/** A number brought to the width: zeros go between the sign and the digits. */
export function padNumber(sign: string, digits: string, flags: Flags): string {
  const { width, minus, zero } = flags;
  if (!zero || minus || width === undefined) return pad(sign + digits, { ...flags, zero: false });
  return sign + digits.padStart(width - sign.length, '0');
}

/** The first characters of a text, as many as the precision says. */
export function cut(text: string, { precision }: Flags): string {
  if (precision === undefined || precision >= text.length) return text;
  let end = 0;
  for (let count = 0; count < precision && end < text.length; count += 1)
    end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

function lengthOf(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    if (text.codePointAt(at)! > 0xffff) {
      count -= 1;
      at += 1;
    }
  }
  return count;
}
