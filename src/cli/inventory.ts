/** The modules of the built-in adapters, loaded exactly as an operator's `--adapter` is. */
export const builtInAdapters: readonly string[] = [
  'bypass',
  'circonus',
  'denier',
  'fluentd',
  'kubernetesenv',
  'listchecker',
  'memquota',
  'noop',
  'opa',
  'otlp',
  'prometheus',
  'rbac',
  'redisquota',
  'servicecontrol',
  'stdio',
  'zipkin',
].map((name) => `fairlead/adapters/${name}`);
