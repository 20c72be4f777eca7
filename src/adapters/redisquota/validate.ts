import type { ReportProblem } from 'fairlead/sdk';
import { AddressError, parseAddresses } from './address.js';
import type { QuotaConfig, RedisquotaConfig } from './config.js';

/** Finds what the schema cannot, in the order and the words of Mixer (adapters.md 2.4). */
export function validate(config: RedisquotaConfig, report: ReportProblem): void {
  if (config.quotas.length === 0) report('quotas', 'quota should not be empty');
  for (const [index, quota] of config.quotas.entries()) validateQuota(quota, `quotas[${index}]`, report);
  if (config.connectionPoolSize < 0n) {
    report('connectionPoolSize', `connection_pool_size of ${config.connectionPoolSize} is invalid, must be > 0`);
  }
  validateServer(config, report);
  if (config.timeout.toNanos() <= 0n) report('timeout', 'must be more than 0');
  if (!(config.localShare > 0 && config.localShare <= 1)) report('localShare', 'must be more than 0 and at most 1');
}

function validateQuota(quota: QuotaConfig, path: string, report: ReportProblem): void {
  if (quota.name === '') {
    report(`${path}.name`, 'quotas.name should not be empty');
    return;
  }
  // With overrides it may be meant: some get something, all others nothing.
  if (quota.maxAmount <= 0n && quota.overrides.length === 0) {
    report(`${path}.maxAmount`, 'is not more than 0, so that nothing is ever granted', 'warning');
  }
  const { validDuration, bucketDuration } = quota;
  if (validDuration.toNanos() <= 0n) {
    report(`${path}.validDuration`, 'quotas.valid_duration should be bigger must be > 0');
    return;
  }
  if (quota.rateLimitAlgorithm === 'ROLLING_WINDOW') {
    if (bucketDuration.toNanos() <= 0n) {
      report(`${path}.bucketDuration`, 'quotas.bucket_duration should be > 0 for ROLLING_WINDOW algorithm');
    }
    if (validDuration.toNanos() <= bucketDuration.toNanos()) {
      const durations = `${validDuration.toString()} should be longer than quotas.bucket_duration: ${bucketDuration.toString()}`;
      report(`${path}.validDuration`, `quotas.valid_duration: ${durations} for ROLLING_WINDOW algorithm`);
    }
  }
  for (const [index, override] of quota.overrides.entries()) {
    const at = `${path}.overrides[${index}]`;
    if (override.maxAmount <= 0n) report(`${at}.maxAmount`, 'quotas.overrides.max_amount must be > 0');
    if (override.dimensions.size === 0) report(`${at}.dimensions`, 'quotas.overrides.dimensions is empty');
  }
}

function validateServer(config: RedisquotaConfig, report: ReportProblem): void {
  if (config.redisServerUrl === '') {
    report('redisServerUrl', 'redis_server_url should not be empty');
    return;
  }
  try {
    const { servers, db } = parseAddresses(config.redisServerUrl);
    if (config.mode === 'SINGLE' && servers.length > 1) {
      report('redisServerUrl', 'several addresses need the mode SENTINEL or CLUSTER');
    }
    if (config.mode === 'CLUSTER' && db > 0) report('redisServerUrl', 'a cluster has no database but 0');
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    report('redisServerUrl', error.message);
  }
  if ((config.mode === 'SENTINEL') !== (config.sentinelName !== '')) {
    report('sentinelName', 'goes with the mode SENTINEL, which needs it');
  }
  if (config.tls !== undefined && (config.tls.certFile === '') !== (config.tls.keyFile === '')) {
    report(config.tls.certFile === '' ? 'tls.certFile' : 'tls.keyFile', 'a certificate and its key go together');
  }
}
