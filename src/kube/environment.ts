/** What Kubernetes and its tools put into the environment of a process. */
export interface Environment {
  /** A kubeconfig; overrides what is configured, also when empty. */
  readonly kubeconfig: string | undefined;
  /** The namespace that this process runs in. */
  readonly podNamespace: string | undefined;
  readonly serviceHost: string | undefined;
  readonly servicePort: string | undefined;
}

/**
 * Reads the environment: the one place below the command line that does. That a pod finds its API server this way is
 * Kubernetes' contract, and no flag of ours could carry it to an adapter.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Environment {
  return {
    kubeconfig: env['KUBECONFIG'],
    podNamespace: env['POD_NAMESPACE'],
    serviceHost: env['KUBERNETES_SERVICE_HOST'],
    servicePort: env['KUBERNETES_SERVICE_PORT'],
  };
}
