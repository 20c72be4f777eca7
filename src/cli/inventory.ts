/** The modules of the built-in adapters, loaded exactly as an operator's `--adapter` is. */
export const builtInAdapters: readonly string[] = [
  'denier',
  'listchecker',
  'memquota',
  'noop',
  'opa',
  'prometheus',
  'rbac',
  'redisquota',
  'stdio',
].map((name) => `fairlead/adapters/${name}`);
