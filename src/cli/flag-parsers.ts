import { InvalidArgumentError } from 'commander';

import { type TelemetryPart, telemetryParts, usualTelemetry } from '../config/index.js';
import { parseAddress } from '../mixer/index.js';
import { Duration } from '../util/duration.js';
import { parseTcpAddress } from './tcp-address.js';

/** Reads a whole number of at least `min`. */
export function integer(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw new InvalidArgumentError('not a whole number.');
    if (value < min) throw new InvalidArgumentError(`must be at least ${min}.`);
    if (value > max) throw new InvalidArgumentError(`must be at most ${max}.`);
    return value;
  };
}

/** Reads a TCP port; 0 means any free one. */
export const port = integer(0, 65_535);

/** Reads a number, with a fraction if need be. */
export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('not a number.');
  return value;
}

/** Reads Go's duration text, as all of Mixer's flags write durations. */
export function duration(text: string): Duration {
  const value = Duration.parse(text);
  if (value === undefined) throw new InvalidArgumentError('not a duration such as 1s or 2m30s.');
  return value;
}

/** Reads a duration of at least a millisecond. */
export function positiveDuration(text: string): Duration {
  const value = duration(text);
  if (value.toMillis() < 1) throw new InvalidArgumentError('must be at least 1ms.');
  return value;
}

/** Reads the value of `--flag=true`; a bare `--flag` does not come here. */
export function boolean(text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new InvalidArgumentError('not true or false.');
}

/** Lets an address pass that {@link parseAddress} reads. */
export function address(text: string): string {
  return checked(text, parseAddress);
}

/** Lets `host:port` pass. */
export function tcpAddress(text: string): string {
  return checked(text, parseTcpAddress);
}

function checked(text: string, parse: (text: string) => unknown): string {
  try {
    parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`${error instanceof Error ? error.message : String(error)}.`);
  }
  return text;
}

/** Gathers the values of a flag that may be given several times. */
export function collect(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Reads which parts of the bundled telemetry are wanted: `metrics,accesslog`, or true for the usual ones, or false. */
export function telemetry(text: string): readonly TelemetryPart[] {
  const names = text.split(',').map((name) => name.trim());
  const parts = telemetryParts.filter((part) => names.includes(part));
  if (names.every((name) => telemetryParts.some((part) => part === name))) return parts;
  try {
    return boolean(text) ? usualTelemetry : [];
  } catch {
    throw new InvalidArgumentError(
      `give some of ${telemetryParts.join(', ')}, separated by commas; before a path, none is written --defaultTelemetry=true.`,
    );
  }
}
