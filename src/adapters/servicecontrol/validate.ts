import type { ReportProblem } from 'fairlead/sdk';
import { googleEndpoint, type ServiceConfig, type ServicecontrolConfig } from './config.js';

/** Finds what the schema cannot (adapters.md 4.13). */
export function validate(config: ServicecontrolConfig, report: ReportProblem): void {
  const { runtimeConfig, serviceConfigs, credentialPath, endpoint } = config;
  if (runtimeConfig === undefined) report('runtimeConfig', 'must be given');
  else {
    if (runtimeConfig.checkCacheSize < 0) report('runtimeConfig.checkCacheSize', 'must not be negative');
    if (runtimeConfig.checkResultExpiration.toNanos() <= 0n) {
      report('runtimeConfig.checkResultExpiration', 'must be more than 0');
    }
  }
  if (serviceConfigs.length === 0) report('serviceConfigs', 'must name a service');
  const names = new Set<string>();
  for (const [index, service] of serviceConfigs.entries()) {
    validateService(service, `serviceConfigs[${index}]`, report);
    if (names.has(service.meshServiceName)) {
      report(`serviceConfigs[${index}].meshServiceName`, 'is there already; the first counts', 'warning');
    }
    names.add(service.meshServiceName);
  }
  if (!isHttpUrl(endpoint)) report('endpoint', 'must be a URL with http or https, without a query');
  else if (credentialPath === '' && endpoint === googleEndpoint) {
    report('credentialPath', 'must be given, for Google answers nobody it does not know');
  }
}

function validateService(service: ServiceConfig, path: string, report: ReportProblem): void {
  if (service.meshServiceName === '') report(`${path}.meshServiceName`, 'must be given');
  if (service.googleServiceName === '') report(`${path}.googleServiceName`, 'must be given');
  for (const [index, quota] of service.quotas.entries()) {
    const at = `${path}.quotas[${index}]`;
    if (quota.name === '') report(`${at}.name`, 'must be given');
    if (quota.expiration.toNanos() <= 0n) report(`${at}.expiration`, 'must be more than 0');
    if (quota.googleQuotaMetricName === '') {
      report(`${at}.googleQuotaMetricName`, 'is empty, and Google knows no such metric', 'warning');
    }
  }
}

function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && `${search}${hash}${username}${password}` === '';
}
