import type { Env } from 'fairlead/sdk';
import type { GoogleAuthLibrary } from './google-auth.js';

/** What a machine of Google's knows about itself; empty for what it does not know. */
export interface Metadata {
  readonly projectId: string;
  readonly location: string;
  readonly clusterName: string;
}

const nothing: Metadata = { projectId: '', location: '', clusterName: '' };
const patienceMillis = 2000;

/**
 * Asks the metadata server for the project, the cluster and where it is. Elsewhere than on Google's machines, which
 * files and addresses of this machine tell, nobody is asked; and nobody is waited for longer than two seconds.
 */
export async function readMetadata({ gcpMetadata }: GoogleAuthLibrary, { schedule, log }: Env): Promise<Metadata> {
  if (!gcpMetadata.getGCPResidency()) return nothing;
  const read = async (ask: Promise<unknown>): Promise<string> => {
    const value = await ask;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  let cancel = (): void => undefined;
  const late = new Promise<string>((resolve) => {
    cancel = schedule.after(patienceMillis, () => {
      resolve('');
    });
  });
  const get = (ask: Promise<unknown>): Promise<string> => Promise.race([read(ask).catch(() => ''), late]);
  const [projectId, clusterName, clusterLocation, zone] = await Promise.all([
    get(gcpMetadata.project('project-id')),
    get(gcpMetadata.instance('attributes/cluster-name')),
    get(gcpMetadata.instance('attributes/cluster-location')),
    get(gcpMetadata.instance('zone')),
  ]);
  cancel();
  if (projectId === '') log.warn('the metadata server does not say which project this is');
  // `projects/7/zones/us-east1-b`
  return { projectId, clusterName, location: clusterLocation || zone.slice(zone.lastIndexOf('/') + 1) };
}
