import type { Findings } from '../kind.js';
import { isDnsLabel, isDnsName } from './host.js';
import { forEach } from './path.js';

/** Wants names of gateways: `mesh`, `name`, `namespace/name`, `./name`, or the old `name.namespace.svc.domain`. */
export function checkGatewayNames(findings: Findings, path: string, names: readonly string[]): void {
  forEach(path, names, (where, name) => {
    const parts = name.split('/');
    const [namespace = '', short = ''] = parts;
    const isScoped = parts.length === 2 && (namespace === '.' || isDnsLabel(namespace)) && isDnsName(short);
    if (isScoped || (parts.length === 1 && isDnsName(name))) return;
    findings.value(where, `must be the name of a gateway, or namespace/name, not ${JSON.stringify(name)}`);
  });
}
