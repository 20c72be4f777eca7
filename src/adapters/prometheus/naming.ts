import type { MetricConfig } from './config.js';

const defaultNamespace = 'istio';

/**
 * A name as Prometheus can have it, by Mixer's rules (adapters.md 4.1): one leading slash goes, slashes, dots and blanks
 * become underscores, hyphens go. Other characters stay, and may still be refused.
 */
export function safeName(name: string): string {
  const body = name.startsWith('/') ? name.slice(1) : name;
  return body.replace(/[/. ]/g, '_').replaceAll('-', '');
}

/** The exposed name: namespace and name, or namespace and instance name. */
export function fullName(metric: Pick<MetricConfig, 'namespace' | 'name' | 'instanceName'>): string {
  return `${safeName(metric.namespace || defaultNamespace)}_${safeName(metric.name || metric.instanceName)}`;
}

export function isMetricName(name: string): boolean {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name);
}

/** Two leading underscores are reserved for Prometheus itself. */
export function isLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) && !name.startsWith('__');
}
