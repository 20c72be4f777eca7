import { Command } from 'commander';
import { analyseMesh, findServices, findWorkloads, formatFinding, readMesh } from '../../pilot/index.js';
import { MixerError } from '../../util/errors.js';
import { loadMesh } from '../analyze/load-mesh.js';
import { type CliContext, printLine } from '../context.js';
import { podLines } from '../describe/pod-lines.js';
import { type Describing, serviceLines } from '../describe/service-lines.js';

interface DescribeFlags {
  readonly namespace: string;
  readonly kubeconfig: string | undefined;
  readonly configDefaultNamespace: string;
}

type Describe = (describing: Describing, name: string, namespace: string) => readonly string[];

/** `fairlead describe service|pod NAME[.NS] PATH...`: what of a configuration applies to one service or pod. */
export function describeCommand(context: CliContext): Command {
  const command = new Command('describe').description('show what of a configuration applies to a service or a pod');
  const service = describing('service', 'describe a service', { context, describe: describeServices });
  const pod = describing('pod', 'describe a pod, or the workload that makes it', { context, describe: describePods });
  return command.addCommand(service.alias('svc')).addCommand(pod);
}

function describing(
  name: string,
  description: string,
  { context, describe }: { readonly context: CliContext; readonly describe: Describe },
): Command {
  return new Command(name)
    .description(description)
    .argument('<name>', 'name or name.namespace; of a service also its host')
    .argument('[path...]', 'files and folders, taken together: traffic configuration, Services, manifests')
    .option('--namespace <name>', 'namespace of resources that name none', 'default')
    .option('--kubeconfig <path>', 'take what a cluster has, with the files laid over it')
    .option('--configDefaultNamespace <name>', 'namespace whose rules of Mixer apply to all requests', 'istio-system')
    .action(async (text: string, paths: readonly string[], flags: DescribeFlags) => {
      const { namespace: fallback, kubeconfig, configDefaultNamespace: rulesNamespace } = flags;
      if (paths.length === 0 && kubeconfig === undefined) throw new MixerError('USAGE', 'give a path, or --kubeconfig');
      const source = await loadMesh({ paths, namespace: fallback, kubeconfig });
      const mesh = readMesh(source);
      const findings = analyseMesh(source);
      const [short = '', namespace = fallback] = splitName(text);
      const lines = describe({ mesh, findings, rulesNamespace }, short, namespace);
      // What could not be read may be just what is missing above.
      const unread = findings.filter(({ subject, severity }) => subject === undefined && severity === 'error');
      for (const line of [...lines, ...unread.map(formatFinding)]) printLine(context.stdout, line);
    });
}

/** `reviews.default` is a name and a namespace; what has more dots is a host. */
function splitName(text: string): readonly string[] {
  const parts = text.split('.');
  return parts.length === 2 ? parts : [text];
}

function describeServices(describing: Describing, name: string, namespace: string): readonly string[] {
  const { mesh } = describing;
  const host = `${name}.${namespace}`;
  const found = [...findServices(mesh, name, namespace), ...findServices(mesh, host, namespace)];
  if (found.length === 0)
    throw unknown(
      'service',
      host,
      mesh.model.services.services.map(({ hostname }) => hostname),
    );
  return [...new Set(found)].flatMap((service) => serviceLines(service, describing));
}

function describePods(describing: Describing, name: string, namespace: string): readonly string[] {
  const { mesh } = describing;
  const found = findWorkloads(mesh, name, namespace);
  const names = mesh.workloads.map((one) => `${one.name}.${one.namespace}`);
  if (found.length === 0) throw unknown('pod or workload', `${name}.${namespace}`, names);
  return found.flatMap((workload) => podLines(workload, describing));
}

function unknown(what: string, name: string, names: readonly string[]): MixerError {
  const some = names.slice(0, 20).join(' ');
  return new MixerError('UNAVAILABLE', `there is no ${what} '${name}'; there are: ${some === '' ? 'none' : some}`);
}
