import type { LocalityLbSetting } from '../kinds/locality-lb.js';
import type { Instance } from './service.js';

/** Instances of one locality. */
export interface LocalityGroup {
  readonly locality: string;
  /** 0 is asked first; the numbers have no gaps. */
  readonly priority: number;
  /** Relative to the groups of the same priority. */
  readonly weight: number;
  readonly instances: readonly Instance[];
}

/** Whose traffic, and what is to be kept to. */
export interface LocalityOptions {
  /** Of the proxy; empty when not known: then all localities are the same to it. */
  readonly locality: string;
  readonly setting: LocalityLbSetting | undefined;
  /** Whether outlier detection is on, without which nobody could tell when to go elsewhere. */
  readonly hasOutlierDetection: boolean;
}

/** Groups instances by locality, with weights or priorities as seen from a proxy (mesh.md 2.8). */
export function groupByLocality(instances: readonly Instance[], options: LocalityOptions): readonly LocalityGroup[] {
  const { locality: from, setting, hasOutlierDetection } = options;
  const groups = group(instances);
  if (from === '') return groups;
  const share = setting?.distribute.find((one) => isWithin(from, one.from));
  if (setting !== undefined && setting.distribute.length > 0) {
    return share === undefined ? groups : distribute(groups, share.to);
  }
  return hasOutlierDetection ? prioritize(groups, from, setting) : groups;
}

function group(instances: readonly Instance[]): LocalityGroup[] {
  const groups = new Map<string, Instance[]>();
  for (const instance of instances) {
    const list = groups.get(instance.locality);
    if (list === undefined) groups.set(instance.locality, [instance]);
    else list.push(instance);
  }
  return [...groups].map(([locality, list]) => ({
    locality,
    priority: 0,
    weight: list.reduce((sum, { weight }) => sum + weight, 0),
    instances: list,
  }));
}

/** Splits each share over the localities it is for, by their weights; localities without a share get nothing. */
function distribute(groups: readonly LocalityGroup[], to: ReadonlyMap<string, number>): readonly LocalityGroup[] {
  const done: LocalityGroup[] = [];
  for (const [pattern, percent] of to) {
    const fitting = groups.filter(
      (one) => isWithin(one.locality, pattern) && !done.some((d) => d.locality === one.locality),
    );
    const total = fitting.reduce((sum, { weight }) => sum + weight, 0);
    for (const one of fitting) done.push({ ...one, weight: Math.ceil((percent * one.weight) / total) });
  }
  return done;
}

function prioritize(
  groups: readonly LocalityGroup[],
  from: string,
  setting?: LocalityLbSetting,
): readonly LocalityGroup[] {
  const [region] = from.split('/');
  const target = setting?.failover.find((one) => one.from === region)?.to;
  const ranked = groups.map((one) => {
    const near = distance(from, one.locality);
    return { ...one, priority: near === 3 && target !== undefined && one.locality.split('/')[0] !== target ? 4 : near };
  });
  const used = [...new Set(ranked.map(({ priority }) => priority))].sort((a, b) => a - b);
  return ranked
    .map((one) => ({ ...one, priority: used.indexOf(one.priority) }))
    .sort((a, b) => a.priority - b.priority);
}

/** 0 in the same subzone, 1 in the same zone, 2 in the same region, 3 elsewhere. */
function distance(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let at = 0; at < 3; at += 1) if ((left[at] ?? '') !== (right[at] ?? '')) return 3 - at;
  return 0;
}

/** Whether a locality fits a pattern that may be shorter or have stars. */
function isWithin(locality: string, pattern: string): boolean {
  const parts = locality.split('/');
  return pattern.split('/').every((part, at) => part === '*' || part === parts[at]);
}
