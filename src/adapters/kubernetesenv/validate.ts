import type { ReportProblem } from 'fairlead/sdk';
import type { KubernetesenvConfig } from './config.js';

/** Finds parameters that do not go with the registry. */
export function validate(config: KubernetesenvConfig, report: ReportProblem): void {
  const { registry, workloadsPath, kubeconfigPath, clusterRegistriesNamespace } = config;
  if (registry === 'KUBERNETES') {
    if (workloadsPath !== '') report('workloadsPath', 'goes with the registry FILE only');
    return;
  }
  if (workloadsPath === '') report('workloadsPath', 'the registry FILE needs the path of a file');
  if (kubeconfigPath !== '') report('kubeconfigPath', 'has no effect with the registry FILE', 'warning');
  if (clusterRegistriesNamespace !== '') {
    report('clusterRegistriesNamespace', 'has no effect with the registry FILE', 'warning');
  }
}
