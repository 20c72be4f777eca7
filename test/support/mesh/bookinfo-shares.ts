import { networking, type NetworkingFolder } from './networking.js';

/** Shares of each version of reviews, in percent. */
export type Shares = Readonly<Record<string, number>>;

const ofOwn: Readonly<Record<string, Shares>> = {
  'weights-70-20-10': { v1: 70, v2: 20, v3: 10 },
};
const ofSamples: typeof ofOwn = {
  'virtual-service-reviews-50-v3': { v1: 50, v3: 50 },
  'virtual-service-reviews-80-20': { v1: 80, v2: 20 },
  'virtual-service-reviews-90-10': { v1: 90, v2: 10 },
  'virtual-service-reviews-v2-v3': { v2: 50, v3: 50 },
};

/** What the files of a folder that divide traffic say. */
export function bookinfoShares(folder: NetworkingFolder): Readonly<Record<string, Shares>> {
  return folder === networking.own ? ofOwn : ofSamples;
}

/** Whether answers of all versions, and of no others, are as many as could be by chance. */
export function isWithinFiveSigma(counts: ReadonlyMap<string, number>, shares: Shares, total: number): boolean {
  const sum = [...counts.values()].reduce((all, one) => all + one, 0);
  if (sum !== total || counts.size !== Object.keys(shares).length) return false;
  return Object.entries(shares).every(([version, percent]) => {
    const share = percent / 100;
    const off = Math.abs((counts.get(`reviews-${version}`) ?? 0) - total * share);
    return off <= 5 * Math.sqrt(total * share * (1 - share));
  });
}
