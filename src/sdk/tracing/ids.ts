const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
// What Mixer and Istio's Envoy agreed upon, for a client span and a server span that come with one id.
const pad = { high: 0x3f6a2ec3, low: 0xc810c2ab };

/** The value of a hexadecimal digit by its character code, or -1. */
const digits = createDigits();

/**
 * Reads a trace id of up to 16 bytes in hexadecimal: lower case and right-aligned in 32 digits, so that a 64-bit id is
 * the low half. Undefined when it is none: empty, too long, half a byte, other characters, or all zeros, which the
 * formats of traces reserve for "no id".
 */
export function parseTraceId(text: string | undefined): string | undefined {
  return parseId(text, TRACE_DIGITS);
}

/** Reads a span id of up to 8 bytes, by the rules of {@link parseTraceId}. */
export function parseSpanId(text: string | undefined): string | undefined {
  return parseId(text, SPAN_DIGITS);
}

/** The id that a client span gets when its server span has the same one; twice gives the first. Undefined when it is zero. */
export function rewriteSpanId(id: string): string | undefined {
  const high = (Number.parseInt(id.slice(0, 8), 16) ^ pad.high) >>> 0;
  const low = (Number.parseInt(id.slice(8), 16) ^ pad.low) >>> 0;
  if (high === 0 && low === 0) return undefined;
  return `${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}

function parseId(text: string | undefined, width: number): string | undefined {
  if (text === undefined || text.length === 0 || text.length > width || text.length % 2 !== 0) return undefined;
  let seen = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const digit = code < digits.length ? digits[code]! : -1;
    if (digit < 0) return undefined;
    seen |= digit;
  }
  return seen === 0 ? undefined : text.toLowerCase().padStart(width, '0');
}

function createDigits(): Int8Array {
  const table = new Int8Array(128).fill(-1);
  for (let digit = 0; digit < 16; digit += 1) {
    const text = digit.toString(16);
    table[text.charCodeAt(0)] = digit;
    table[text.toUpperCase().charCodeAt(0)] = digit;
  }
  return table;
}
