const names = [
  'total_check_calls',
  'total_check_cache_hits',
  'total_check_cache_misses',
  'total_check_cache_hit_accepts',
  'total_check_cache_hit_denies',
  'total_remote_check_calls',
  'total_remote_check_accepts',
  'total_remote_check_denies',
  'total_quota_calls',
  'total_quota_cache_hits',
  'total_quota_cache_misses',
  'total_quota_cache_hit_accepts',
  'total_quota_cache_hit_denies',
  'total_remote_quota_calls',
  'total_remote_quota_accepts',
  'total_remote_quota_denies',
  'total_remote_quota_prefetch_calls',
  'total_remote_calls',
  'total_remote_call_successes',
  'total_remote_call_timeouts',
  'total_remote_call_send_errors',
  'total_remote_call_other_errors',
  'total_remote_call_retries',
  'total_remote_call_cancellations',
  'total_report_calls',
  'total_remote_report_calls',
  'total_remote_report_successes',
  'total_remote_report_timeouts',
  'total_remote_report_send_errors',
  'total_remote_report_other_errors',
] as const;

/** The counters of one client since it was made (mesh.md 1.15), by the names that Envoy's filter gives them. */
export type Statistics = Readonly<Record<(typeof names)[number], number>>;

/** The same, to count in. */
export type Counters = { -readonly [K in keyof Statistics]: number };

/** Counters that all stand at zero. */
export function createCounters(): Counters {
  return Object.fromEntries(names.map((name) => [name, 0])) as Counters;
}
