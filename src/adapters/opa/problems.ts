import type { OpaConfig } from './config.js';

/** What is wrong with a configuration, and with which field. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

const base64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** Finds what can be told without compiling anything (adapters.md 2.5): missing, contradictory and unreadable fields. */
export function findProblems(config: OpaConfig): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (path: string, message: string): void => void problems.push({ path, message });
  if (config.checkMethod.trim() === '') report('checkMethod', 'check method is not configured');
  const sources = (['policy', 'policyFile', 'policyWasm'] as const).filter((field) => config[field].length > 0);
  if (sources.length === 0) report('policy', 'policies are not configured: give policy, policyFile or policyWasm');
  for (const other of sources.slice(1)) report(other, `must not be given beside ${sources[0]!}`);
  for (const [index, module] of config.policy.entries()) {
    if (module.trim() === '') report(`policy[${index}]`, 'is empty');
  }
  if (config.policyWasm !== '' && !base64.test(config.policyWasm)) report('policyWasm', 'must be base64');
  if (config.data !== undefined && !(config.data instanceof Map)) report('data', 'must be a map of documents');
  if (config.data !== undefined && config.dataFile !== '') report('dataFile', 'must not be given beside data');
  return problems;
}
