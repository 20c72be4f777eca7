import type { Env } from 'fairlead/sdk';
import type { ListcheckerConfig } from './config.js';
import type { ListSource } from './handler.js';
import { createList } from './list.js';
import { parseProviderUrl } from './provider-url.js';
import { Provider } from './provider.js';
import { inTurns } from './steps.js';

/** The list of a valid configuration: the overrides alone, or fetched as well. The first fetch may fail. */
export async function createSource(config: ListcheckerConfig, env: Env): Promise<ListSource> {
  const url = config.providerUrl === '' ? undefined : parseProviderUrl(config.providerUrl);
  if (url !== undefined) {
    const provider = new Provider(url, config, env);
    await provider.start();
    return provider;
  }
  const list = await inTurns(createList(config.entryType, config.overrides), env);
  // Validation has looked at each entry.
  if ('problem' in list) throw new Error(list.problem);
  return { current: () => list };
}
