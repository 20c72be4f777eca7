import type { Duration } from '../../../util/duration.js';
import type { Findings } from '../kind.js';

const MILLISECOND = 1_000_000n;

/** Wants a port number. */
export function checkPort(findings: Findings, path: string, port: number): void {
  if (port < 1 || port > 65_535) findings.value(path, `must be a port from 1 to 65535, not ${port}`);
}

/** Wants a whole percentage. */
export function checkWholePercent(findings: Findings, path: string, percent: number): void {
  if (percent < 0 || percent > 100) findings.value(path, `must be from 0 to 100, not ${percent}`);
}

/** Wants a percentage as Envoy can hold it: parts per million. */
export function checkPercent(findings: Findings, path: string, percent: number): void {
  if (percent === 0 || (percent >= 0.0001 && percent <= 100)) return;
  findings.value(path, `must be 0, or from 0.0001 to 100, not ${percent}`);
}

/** Wants a duration of a millisecond or more; none is fine. */
export function checkDuration(findings: Findings, path: string, duration: Duration | undefined): void {
  if (duration === undefined || duration.toNanos() >= MILLISECOND) return;
  findings.value(path, `must be 1ms or more, not ${duration.toString()}`);
}

/** Wants a number that is not negative. */
export function checkCount(findings: Findings, path: string, count: number | bigint): void {
  if (count < 0) findings.value(path, `must not be negative, but is ${count}`);
}
