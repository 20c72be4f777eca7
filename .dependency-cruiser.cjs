// The architecture as one table: a folder of src may import itself and what is listed here (docs/architecture.md).
const may = {
  util: [],
  gen: [],
  attributes: ['util', 'gen'],
  expr: ['util', 'attributes'],
  sdk: ['util', 'attributes'],
  templates: ['sdk'],
  adapters: ['sdk', 'templates', 'kube'],
  kube: ['util'],
  config: ['util', 'kube'],
  runtime: ['util', 'attributes', 'expr', 'sdk', 'config'],
  mixer: ['util', 'gen', 'attributes', 'sdk', 'runtime', 'config'],
  client: ['util', 'gen', 'attributes'],
  pilot: ['util', 'gen', 'config', 'kube'],
  testing: ['util', 'gen', 'attributes', 'expr', 'sdk', 'templates', 'config', 'runtime', 'mixer'],
  proxy: ['util', 'gen', 'attributes', 'client'],
  cli: ['.*'],
};
const names = Object.keys(may);

const layers = names
  .filter((name) => name !== 'cli')
  .map((name) => ({
    name: `layer-${name}`,
    severity: 'error',
    from: { path: `^src/${name}/` },
    to: { path: '^src/', pathNot: `^src/(${[name, ...may[name]].join('|')})/` },
  }));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'unknown-folder',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${names.join('|')})/` },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'adapters-are-islands',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    },
    {
      name: 'third-party-parity',
      comment: 'adapters and templates reach the sdk by package name, as a stranger would',
      severity: 'error',
      from: { path: '^src/(adapters|templates)/([^/]+)/' },
      to: { path: '^src/', pathNot: '^src/$1/$2/', dependencyTypes: ['local'] },
    },
    {
      name: 'entry-files-only',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: '^src/[^/]+/.+',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/(util|gen)/', '^src/(adapters|sdk)/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'process-only-in-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/adapters/opa/opa-command\\.ts$'] },
      to: { path: '^(node:)?(process|cluster|child_process)$' },
    },
    {
      name: 'opa-command-only-starts-opa',
      comment: 'the one exception: inline Rego is compiled by a child process',
      severity: 'error',
      from: { path: '^src/adapters/opa/opa-command\\.ts$' },
      to: { path: '^(node:)?(process|cluster)$' },
    },
    { name: 'src-not-to-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|bench|examples)/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      conditionNames: ['fairlead-source', 'import', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js'],
    },
  },
};
