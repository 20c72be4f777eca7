/** The significant decimal digits of a number without sign: `0.d1d2d3… × 10^point`. Zero has none. */
export interface Digits {
  readonly text: string;
  readonly point: number;
}

const bits = new DataView(new ArrayBuffer(8));

/** As few digits as read back as the same double. */
export function shortestDigits(value: number): Digits {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return trim(mantissa.replace('.', ''), Number(exponent) + 1);
}

/** All digits of a double, which always has an end in decimal. */
export function exactDigits(value: number): Digits {
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const mantissa = (raw & 0xf_ffff_ffff_ffffn) | (biased === 0 ? 0n : 1n << 52n);
  const exponent = Math.max(biased, 1) - 1075;
  if (exponent >= 0) {
    const text = (mantissa << BigInt(exponent)).toString();
    return trim(text, text.length);
  }
  const text = (mantissa * 5n ** BigInt(-exponent)).toString();
  return trim(text, text.length + exponent);
}

/** The first `count` digits, rounded half to even as IEEE and Go do. */
export function roundDigits({ text, point }: Digits, count: number): Digits {
  if (count >= text.length) return { text, point };
  if (count < 0) return { text: '', point: 0 };
  const next = text.charCodeAt(count) - 48;
  const isTie = next === 5 && count + 1 === text.length;
  const isOdd = count > 0 && (text.charCodeAt(count - 1) & 1) === 1;
  const head = text.slice(0, count);
  if (next < 5 || (isTie && !isOdd)) return trim(head, point);
  const raised = (BigInt(`0${head}`) + 1n).toString();
  // 999 became 1000: one place more before the point.
  return trim(raised, point + (raised.length - count));
}

function trim(text: string, point: number): Digits {
  const leading = /^0*/.exec(text)![0].length;
  const digits = text.slice(leading).replace(/0+$/, '');
  return digits === '' ? { text: '', point: 0 } : { text: digits, point: point - leading };
}
