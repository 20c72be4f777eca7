import type { NamedPort } from '../fields.js';
import type { Findings } from '../kind.js';
import { parseProtocol, protocols } from '../protocols.js';
import { checkPort } from './number.js';

/** Wants a port with number and protocol, and with a name if that is said. */
export function checkNamedPort(findings: Findings, path: string, port: NamedPort): void {
  checkPort(findings, `${path}.number`, port.number);
  if (parseProtocol(port.protocol) === undefined) {
    const message = `must be one of ${protocols.join(', ')}, not ${JSON.stringify(port.protocol)}`;
    findings.value(`${path}.protocol`, message);
  }
  if (port.name === '') findings.invalid(`${path}.name`, 'must be set');
}
