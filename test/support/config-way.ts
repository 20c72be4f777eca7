/** How proxies of tests get their configuration: handed over in the process, or over xDS from a control plane. */
export type ConfigWay = 'direct' | 'xds';

/**
 * The way of all proxies that suites start. A file that runs suites once more over xDS sets it before it imports them:
 * each file of tests is a process of its own.
 */
export const configWay: { current: ConfigWay } = { current: 'direct' };
