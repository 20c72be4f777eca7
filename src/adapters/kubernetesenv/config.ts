import { Duration, type Infer, s } from 'fairlead/sdk';

/** Where workloads are known from. */
export const kubernetesenvConfig = s.message({
  registry: s.enum({ 0: 'KUBERNETES', 1: 'FILE' }, 'KUBERNETES', 'Where workloads are known from.'),
  kubeconfigPath: s.string('', 'Kubeconfig of the cluster; the cluster around this process when empty.'),
  cacheRefreshDuration: s.duration(
    Duration.fromMillis(300_000),
    "Read for Mixer's configurations, without effect: changes come by themselves.",
  ),
  clusterRegistriesNamespace: s.string(
    '',
    'Namespace of the secrets that name more clusters; POD_NAMESPACE, or istio-system, when empty.',
  ),
  workloadsPath: s.string('', 'File that lists the workloads; with FILE only.'),
});

export type KubernetesenvConfig = Infer<typeof kubernetesenvConfig>;
