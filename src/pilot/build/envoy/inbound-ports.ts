import { type InboundPort, inboundPorts } from '../fairlead/inbound-port.js';
import { isSocketPath } from '../../kinds/checks/address.js';
import { type BuildContext, leaveOut } from './context.js';

// Of the path of a socket, with the zero at its end.
const MAX_PATH = 108;

/** What a sidecar listens to for its workload, as far as Envoy can: paths of sockets may be too long for it. */
export function usableInboundPorts(context: BuildContext): readonly InboundPort[] {
  return inboundPorts(context).filter(({ address, target, host, port }) => {
    const long = [address, target.address].find((one) => isSocketPath(one) && !isUsablePath(pathOf(one)));
    if (long !== undefined) leaveOut(context, `port ${port} of ${host}: the path of a socket is too long: ${long}`);
    return long === undefined;
  });
}

/** The path of what is given as `unix:///path`. */
export function pathOf(address: string): string {
  return address.replace(/^unix:\/\//, '');
}

/** Whether the system takes a path of a socket. */
export function isUsablePath(path: string): boolean {
  return Buffer.byteLength(path) < MAX_PATH;
}
