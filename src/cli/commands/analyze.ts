import { Command, Option } from 'commander';
import { analyseMesh, type Finding, findingJson, formatFinding } from '../../pilot/index.js';
import { plural, type Severity, summarizeDiagnostics } from '../../util/diagnostics.js';
import { MixerError } from '../../util/errors.js';
import { loadMesh } from '../analyze/load-mesh.js';
import { type CliContext, printLine } from '../context.js';

interface AnalyzeFlags {
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
  readonly output: 'log' | 'json';
  readonly failureThreshold: (typeof levels)[number];
}

/** The least severe first. */
const levels = ['Info', 'Warning', 'Error'] as const;
const weights: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

/** `fairlead analyze PATH...`: finds mistakes in traffic configuration that each resource by itself does not show. */
export function analyzeCommand(context: CliContext): Command {
  return new Command('analyze')
    .description('find mistakes in the configuration of a mesh: references to nothing, conflicts, what has no effect')
    .argument('[path...]', 'files and folders, taken together: traffic configuration, Services, manifests')
    .option('--namespace <name>', 'namespace of resources that name none', 'default')
    .option('--kubeconfig <path>', 'analyse what a cluster has, with the files laid over it')
    .addOption(new Option('-o, --output <format>', 'how findings are written').choices(['log', 'json']).default('log'))
    .addOption(
      new Option('--failure-threshold <level>', 'exit with 1 from this level on').choices(levels).default('Error'),
    )
    .action(async (paths: readonly string[], flags: AnalyzeFlags) => {
      const { namespace, kubeconfig } = flags;
      if (paths.length === 0 && kubeconfig === undefined) throw new MixerError('USAGE', 'give a path, or --kubeconfig');
      const source = await loadMesh({ paths, namespace, kubeconfig });
      const findings = analyseMesh(source);
      const resources = source.loaded.resources.length;
      if (flags.output === 'json') printLine(context.stdout, JSON.stringify(findings.map(findingJson), undefined, 2));
      else printFindings(findings, { context, resources });
      const least = levels.indexOf(flags.failureThreshold);
      if (findings.some(({ severity }) => weights[severity] >= least)) context.exitWith(1);
    });
}

function printFindings(
  findings: readonly Finding[],
  { context, resources }: { readonly context: CliContext; readonly resources: number },
): void {
  for (const one of findings) printLine(context.stdout, formatFinding(one));
  printLine(context.stdout, `${plural(resources, 'resource')}: ${summarizeDiagnostics(findings)}`);
}
