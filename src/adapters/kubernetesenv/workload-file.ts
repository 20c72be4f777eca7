import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';
import type { IpKey } from './ip-key.js';
import { ipKeyOfText } from './ip-key.js';
import { type ContainerPorts, podUid, type WorkloadFacts } from './workload.js';

/** A file may be as large as this. */
export const maxFileBytes = 8 * 1024 * 1024;

/** A file of another kind would be one mistake per line. */
const maxMistakes = 100;

/** An entry of the file. */
export interface ListedWorkload {
  readonly facts: WorkloadFacts;
  readonly ips: readonly IpKey[];
}

/** Something that is wrong, and where; lines and columns count from 1. */
export interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a file gave. With mistakes the list is not complete. */
export interface WorkloadList {
  readonly list: readonly ListedWorkload[];
  readonly mistakes: readonly Mistake[];
}

const entryFields = [
  'name',
  'namespace',
  'ips',
  'labels',
  'serviceAccount',
  'hostIp',
  'owner',
  'workload',
  'containers',
];

/** Reads a YAML list of workloads, and finds all mistakes in it. Never throws. */
export function parseWorkloads(text: string): WorkloadList {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', lineCounter: lines, uniqueKeys: true });
  const mistakes: Mistake[] = [];
  const report = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    mistakes.push({ line, column: col, message });
  };
  for (const { pos, message } of document.errors) report(pos[0], message.split('\n')[0]!.replace(/ at line .*$/, ''));
  if (mistakes.length > 0 || document.contents === null) return { list: [], mistakes };
  const reader = new Reader(report);
  const list = reader.items(document.contents, 'the file', (node) => readEntry(node, reader));
  findTwins(list, reader);
  return { list: list.map(({ workload }) => workload), mistakes: inOrder(mistakes) };
}

function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  const sorted = mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const left = sorted.slice(maxMistakes);
  const shown = sorted.slice(0, maxMistakes);
  return left.length === 0 ? shown : [...shown, { ...left[0]!, message: `and ${left.length} more mistakes from here` }];
}

interface Entry {
  readonly workload: ListedWorkload;
  readonly node: Node;
}

function readEntry(node: Node, reader: Reader): Entry | undefined {
  const entry = reader.map(node, 'a workload', entryFields);
  if (entry === undefined) return undefined;
  const [name, namespace] = [reader.text(entry, 'name'), reader.text(entry, 'namespace') || 'default'];
  if (name === '') reader.report(node, 'the workload has no name');
  if (namespace.includes('.')) reader.report(node, 'a namespace has no dots');
  const addresses = reader.items(entry.get('ips', true), 'ips', (ip) => reader.address(ip));
  const workload = reader.map(entry.get('workload', true), 'workload', ['name', 'namespace', 'uid']);
  const workloadName = reader.text(workload, 'name') || name;
  const workloadNamespace = reader.text(workload, 'namespace') || namespace;
  const facts: WorkloadFacts = {
    name,
    namespace,
    ip: addresses.map(({ text }) => text)[0] ?? '',
    hostIp: reader.addressOf(entry, 'hostIp'),
    labels: readLabels(entry, reader),
    serviceAccount: reader.text(entry, 'serviceAccount'),
    owner: reader.text(entry, 'owner'),
    workloadName,
    workloadNamespace,
    workloadUid: reader.text(workload, 'uid') || `istio://${workloadNamespace}/workloads/${workloadName}`,
    containers: readContainers(entry, reader),
  };
  return { workload: { facts, ips: addresses.map(({ key }) => key) }, node };
}

function readLabels(entry: YAMLMap, reader: Reader): ReadonlyMap<string, string> {
  const labels = reader.map(entry.get('labels', true), 'labels');
  const found = new Map<string, string>();
  for (const { key, value } of labels?.items ?? []) {
    const [name, text] = [reader.scalar(key, 'a label'), reader.scalar(value, 'the value of a label')];
    if (name !== undefined && text !== undefined) found.set(name, text);
  }
  return found;
}

function readContainers(entry: YAMLMap, reader: Reader): ContainerPorts {
  const ports = new Map<number, string>();
  reader.items(entry.get('containers', true), 'containers', (node) => {
    const container = reader.map(node, 'a container', ['name', 'ports']);
    if (container === undefined) return undefined;
    const name = reader.text(container, 'name');
    if (name === '') reader.report(node, 'the container has no name');
    for (const port of reader.items(container.get('ports', true), 'ports', (one) => reader.port(one))) {
      // As in a pod, the first one that declares a port has it.
      if (!ports.has(port)) ports.set(port, name);
    }
    return name;
  });
  return ports;
}

/** Two with one name, or with one address, could not be told apart. */
function findTwins(list: readonly Entry[], reader: Reader): void {
  const seen = new Set<string>();
  for (const { workload, node } of list) {
    const { name, namespace } = workload.facts;
    if (name === '') continue;
    const marks = [podUid(name, namespace), ...workload.ips.map((ip) => `address ${ip}`)];
    for (const mark of new Set(marks)) {
      const what = mark.startsWith('address ') ? 'one of its addresses' : `the name "${name}" in "${namespace}"`;
      if (seen.has(mark)) reader.report(node, `another workload has ${what}`);
      seen.add(mark);
    }
  }
}

/** Takes nodes for what they should be; tells what they are not. Nodes that are not there are nothing. */
class Reader {
  constructor(private readonly reportAt: (offset: number, message: string) => void) {}

  report(node: unknown, message: string): void {
    this.reportAt((node as Partial<Node> | null)?.range?.[0] ?? 0, message);
  }

  items<T>(node: unknown, what: string, read: (item: Node) => T | undefined): T[] {
    if (isNothing(node)) return [];
    if (isSeq(node)) return node.items.map((item) => read(item as Node)).filter((item) => item !== undefined);
    this.report(node, `${what} must be a list`);
    return [];
  }

  /** Without `fields` any key will do. */
  map(node: unknown, what: string, fields?: readonly string[]): YAMLMap | undefined {
    if (isNothing(node)) return undefined;
    if (!isMap(node)) {
      this.report(node, `${what} must be a map`);
      return undefined;
    }
    for (const { key } of node.items) {
      const name = isScalar(key) ? String(key.value) : '?';
      if (fields?.includes(name) === false) this.report(key, `"${name}" is no field of ${what}`);
    }
    return node;
  }

  text(map: YAMLMap | undefined, field: string): string {
    const node: unknown = map?.get(field, true);
    return isNothing(node) ? '' : (this.scalar(node, field) ?? '');
  }

  scalar(node: unknown, what: string): string | undefined {
    if (isScalar(node) && typeof node.value === 'string') return node.value;
    this.report(node, `${what} must be text; quote it`);
    return undefined;
  }

  address(node: unknown): { readonly text: string; readonly key: IpKey } | undefined {
    const text = this.scalar(node, 'an address');
    const key = text === undefined ? undefined : ipKeyOfText(text);
    if (text !== undefined && key === undefined) this.report(node, `"${text}" is no IP address of a workload`);
    return text === undefined || key === undefined ? undefined : { text, key };
  }

  /** Empty when the field is not there. */
  addressOf(map: YAMLMap, field: string): string {
    const node: unknown = map.get(field, true);
    return isNothing(node) ? '' : (this.address(node)?.text ?? '');
  }

  port(node: unknown): number | undefined {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 65_535) return value;
    this.report(node, 'a port must be a number from 1 to 65535');
    return undefined;
  }
}

function isNothing(node: unknown): boolean {
  return node === undefined || node === null || (isScalar(node) && node.value === null);
}
