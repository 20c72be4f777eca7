import { Duration, type Infer, s } from 'fairlead/sdk';

/** Which list to look values up in, and what an answer is worth. */
export const listcheckerConfig = s.message({
  providerUrl: s.string('', 'Where to fetch the list from; empty for a list of overrides alone.'),
  refreshInterval: s.duration(Duration.fromSeconds(60), 'How often to fetch the list.'),
  ttl: s.duration(Duration.fromSeconds(300), 'How long a fetched list may be used while fetching fails.'),
  fetchTimeout: s.duration(Duration.fromSeconds(10), 'How long a fetch may take; never longer than refreshInterval.'),
  maxBytes: s.int32(32 * 1024 * 1024, 'The longest list that is accepted, in bytes.'),
  cachingInterval: s.duration(Duration.fromSeconds(300), 'How long the caller may reuse an answer.'),
  cachingUseCount: s.int32(10_000, 'How often the caller may reuse an answer.'),
  overrides: s.list(s.string(), 'Entries of the list, besides those that are fetched.'),
  entryType: s.enum(
    { 0: 'STRINGS', 1: 'CASE_INSENSITIVE_STRINGS', 2: 'IP_ADDRESSES', 3: 'REGEX' },
    'STRINGS',
    'What an entry is and how it is compared.',
  ),
  blacklist: s.bool(false, 'True denies what the list has, false denies what it does not have.'),
});

export type ListcheckerConfig = Infer<typeof listcheckerConfig>;
export type EntryType = ListcheckerConfig['entryType'];
