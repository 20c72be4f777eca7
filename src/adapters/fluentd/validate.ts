import type { ReportProblem } from 'fairlead/sdk';
import { parseAddress } from './address.js';
import type { FluentdConfig } from './config.js';

/** Finds what the schema cannot (adapters.md 4.3). */
export function validate(config: FluentdConfig, report: ReportProblem): void {
  if (parseAddress(config.address) === undefined) report('address', 'must be host:port');
  if (config.maxBatchSizeBytes < 0n) report('maxBatchSizeBytes', 'must be 0 or more');
  if (config.instanceBufferSize < 0n) report('instanceBufferSize', 'must be 0 or more');
  for (const field of ['pushIntervalDuration', 'pushTimeoutDuration'] as const) {
    if (config[field].toNanos() < 0n) report(field, 'must be 0 or more');
  }
  validateSecrets(config, report);
}

function validateSecrets({ tls, security }: FluentdConfig, report: ReportProblem): void {
  if (tls !== undefined && (tls.certFile === '') !== (tls.keyFile === '')) {
    report(tls.certFile === '' ? 'tls.certFile' : 'tls.keyFile', 'a certificate and its key go together');
  }
  if (security === undefined) return;
  if (security.sharedKeyFile === '') report('security.sharedKeyFile', 'must name a file');
  if (security.passwordFile !== '' && security.username === '') report('security.username', 'goes with the password');
}
