/**
 * The bin of a log-linear histogram that a value falls into, as Circonus writes it: two significant digits, cut towards
 * zero, and a power of ten (`1.2e+09`). Undefined for what has none: NaN, infinities, powers beyond two digits' reach.
 */
export function binOf(value: number): string | undefined {
  if (value === 0) return '0.0e+00';
  if (!Number.isFinite(value)) return undefined;
  const [digits = '', power = '0'] = Math.abs(value).toExponential(15).split('e');
  const exponent = Number(power);
  if (exponent < -128) return '0.0e+00';
  if (exponent > 127) return undefined;
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${value < 0 ? '-' : ''}${digits.slice(0, 3)}e${exponent < 0 ? '-' : '+'}${size}`;
}
