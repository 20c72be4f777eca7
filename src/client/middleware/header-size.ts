/** How large headers are, by their names and values. */
export function headerSize(headers: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size;
}

/** A declared length; undefined when there is none that can be read. */
export function declaredLength(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

/** True of a response that has a body at all; what is written of any other goes nowhere. */
export function carriesBody(method: string | undefined, code: number): boolean {
  return method !== 'HEAD' && !bodiless.has(code);
}

/** Statuses whose responses are all head. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);
