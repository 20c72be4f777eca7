import type { Env } from '../env.js';
import type { Sender, SenderOptions } from './types.js';

/**
 * Opens a socket; whether anybody listens at the address, or it has any, shows only later. The client library is loaded
 * now, for those who need it.
 */
export async function openSender(options: SenderOptions, env: Env): Promise<Sender> {
  return (await import('./sender.js')).createSender(options, env);
}
