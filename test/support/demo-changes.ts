import { Duration, type Value } from '../../src/attributes/index.js';
import type { AttributeList } from '../../src/cli/demo/scenarios.js';
import type { Change } from './expected-series.js';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const bytes = Array.from({ length: 9 }, (_, at) => 10 ** at);

/** What reports of requests and connections must do to the standard metrics (adapters.md 6), report by report. */
export function changesOf(reports: readonly AttributeList[]): Change[] {
  return reports.flatMap((report) => {
    const attributes = new Map<string, Value>(report);
    const labels = labelsOf(attributes);
    const grows = (name: string, delta: number, more = {}): Change => ({
      name: `istio_${name}`,
      labels: { ...labels, ...more },
      delta,
      value: NaN,
    });
    const number = (name: string): number => Number(attributes.get(name) ?? 0);
    if (labels['request_protocol'] === 'tcp') {
      return [
        grows('tcp_sent_bytes_total', number('connection.sent.bytes')),
        grows('tcp_received_bytes_total', number('connection.received.bytes')),
        grows(`tcp_connections_${attributes.get('connection.event') === 'open' ? 'opened' : 'closed'}_total`, 1),
      ];
    }
    const observes = (name: string, value: number, bounds: readonly number[]): Change[] => [
      ...[...bounds, Infinity].map((le) =>
        grows(`${name}_bucket`, value <= le ? 1 : 0, { le: le === Infinity ? '+Inf' : String(le) }),
      ),
      grows(`${name}_sum`, value),
      grows(`${name}_count`, 1),
    ];
    const duration = attributes.get('response.duration');
    return [
      grows('requests_total', 1),
      ...observes('request_duration_seconds', duration instanceof Duration ? duration.toSeconds() : NaN, seconds),
      ...observes('request_bytes', number('request.size'), bytes),
      ...observes('response_bytes', number('response.size'), bytes),
    ];
  });
}

function labelsOf(attributes: ReadonlyMap<string, Value>): Record<string, string> {
  const text = (name: string, otherwise = 'unknown'): string => {
    const value = attributes.get(name) ?? otherwise;
    return typeof value === 'bigint' ? value.toString() : (value as string);
  };
  const version = attributes.get('destination.labels');
  const isOutbound = attributes.get('context.reporter.kind') === 'outbound';
  const isSecure = attributes.get('connection.mtls') === true ? 'mutual_tls' : 'none';
  return {
    reporter: isOutbound ? 'source' : 'destination',
    source_workload: text('source.workload.name'),
    source_workload_namespace: text('source.workload.namespace'),
    destination_workload: text('destination.workload.name'),
    destination_workload_namespace: text('destination.workload.namespace'),
    destination_version: version instanceof Map ? String(version.get('version')) : 'unknown',
    destination_service: text('destination.service.host'),
    request_protocol: text('context.protocol'),
    response_code: text('response.code'),
    response_flags: text('context.proxy_error_code', '-'),
    permissive_response_code: text('rbac.permissive.response_code', 'none'),
    permissive_response_policyid: text('rbac.permissive.effective_policy_id', 'none'),
    connection_security_policy: isOutbound ? 'unknown' : isSecure,
  };
}

/** What changed between two scrapes of an exposition. */
export function changesBetween(before: string, after: string): Change[] {
  const former = new Map(parse(before).map(({ key, value }) => [key, value]));
  return parse(after).map(({ key, name, labels, value }) => ({
    name,
    labels,
    value,
    delta: value - (former.get(key) ?? 0),
  }));
}

function parse(exposition: string): { key: string; name: string; labels: Record<string, string>; value: number }[] {
  return [...exposition.matchAll(/^((\w+)(?:\{(.*)\})?) (\S+)$/gm)].map(
    ([, key = '', name = '', labels = '', value = '']) => ({
      key,
      name,
      labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
      value: Number(value),
    }),
  );
}
