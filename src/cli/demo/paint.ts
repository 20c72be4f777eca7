/** Puts text in colours, or leaves it as it is where colours are not wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
}

/** Makes a {@link Paint}. */
export function createPaint(colour: boolean): Paint {
  const style =
    (code: number) =>
    (text: string): string =>
      colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: style(1), dim: style(2), green: style(32), red: style(31) };
}
