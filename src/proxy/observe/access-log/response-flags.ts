/** In the order in which Envoy writes them. */
const order = [
  ...['LH', 'UH', 'UT', 'LR', 'UR', 'UF', 'UC', 'UO', 'NR', 'DI', 'FI', 'RL', 'UAEX', 'RLSE', 'DC', 'URX', 'SI'],
  ...['IH', 'DPE', 'UMSDR', 'UPE'],
];
const ranks = new Map(order.map((flag, rank) => [flag, rank]));

/** The short names, joined by commas; undefined when there are none. */
export function formatFlags(flags: ReadonlySet<string>): string | undefined {
  if (flags.size === 0) return undefined;
  if (flags.size === 1) return flags.values().next().value;
  return [...flags].sort((a, b) => (ranks.get(a) ?? order.length) - (ranks.get(b) ?? order.length)).join(',');
}
