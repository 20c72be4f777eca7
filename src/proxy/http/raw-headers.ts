import { Headers } from './headers.js';

/** Headers as node gives them, name and value in turn, with names in lower case and without pseudo headers. */
export function headersOf(raw: readonly string[]): Headers {
  const lower: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    if (name.charCodeAt(0) !== colon) lower.push(name.toLowerCase(), raw[index + 1]!);
  }
  return new Headers(lower);
}

const colon = 58;
