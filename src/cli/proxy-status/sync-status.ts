import { fieldOf, listOf, messageOf, textOf } from '../proxy-config/fields.js';

/** What Pilot says of one kind of resources of a proxy. */
interface KindSync {
  readonly cell: SyncCell;
  /** Why the proxy rejects what it was sent; empty when it does not. */
  readonly rejection: string;
}

type SyncCell = 'SYNCED' | 'NOT SENT' | 'STALE' | 'STALE (Never Acknowledged)' | 'ERROR';

/** The columns, in their order, and what Pilot calls each. */
export const syncKinds = { CDS: 'cluster', LDS: 'listener', EDS: 'endpoint', RDS: 'route' } as const;
export type SyncKind = keyof typeof syncKinds;

/** A proxy that is connected to Pilot. */
export interface ProxySync {
  readonly proxy: string;
  readonly kinds: Readonly<Record<SyncKind, KindSync>>;
  /** The Pilot that it is connected to. */
  readonly pilot: string;
  readonly version: string;
}

/** Reads Pilot's `/debug/syncz`; proxies by name. */
export function readSync(syncz: unknown, pilot: string): readonly ProxySync[] {
  const all = listOf(syncz)
    .map(messageOf)
    .filter((item) => textOf(item['proxy']) !== '');
  const read = all.map((item): ProxySync => {
    const kinds = Object.fromEntries(
      Object.entries(syncKinds).map(([column, kind]) => [column, kindOf(item, kind)]),
    ) as ProxySync['kinds'];
    const version = textOf(item['istio_version']) || textOf(item['proxy_version']);
    return { proxy: textOf(item['proxy']), kinds, pilot, version };
  });
  return read.sort((a, b) => (a.proxy < b.proxy ? -1 : a.proxy > b.proxy ? 1 : 0));
}

function kindOf(item: unknown, kind: string): KindSync {
  const rejection = textOf(fieldOf(fieldOf(item, 'rejected'), kind));
  if (rejection !== '') return { cell: 'ERROR', rejection };
  const [sent, acked] = [textOf(fieldOf(item, `${kind}_sent`)), textOf(fieldOf(item, `${kind}_acked`))];
  return { cell: cellOf(sent, acked), rejection: '' };
}

function cellOf(sent: string, acked: string): SyncCell {
  if (sent === '') return 'NOT SENT';
  if (sent === acked) return 'SYNCED';
  return acked === '' ? 'STALE (Never Acknowledged)' : 'STALE';
}
