import { type CheckResult, defineAdapter, s } from 'fairlead/sdk';
import { listentry, reportnothing } from 'fairlead/templates';

/** Does to a call what the list entry's value says: an adapter as bad as they come. */
function misbehave(how: unknown): CheckResult | Promise<CheckResult> {
  switch (how) {
    case 'throws':
      throw new Error('thrown');
    case 'rejects':
      return Promise.reject(new Error('rejected'));
    case 'hangs':
      return new Promise(() => undefined);
    case 'nonsense':
      return { validDuration: 'soon', status: 4 } as unknown as CheckResult;
    case 'stray':
      return { status: Promise.reject(new Error('stray')) } as unknown as CheckResult;
    case 'nothing':
      return undefined as unknown as CheckResult;
    case 'thenable':
      return {
        then: () => {
          throw new Error('then');
        },
      } as unknown as CheckResult;
    default:
      return {};
  }
}

export default defineAdapter({
  name: 'rogue',
  description: 'Misbehaves on request.',
  templates: [listentry, reportnothing],
  config: s.message({}),
  build: () => ({
    handleListEntry: (instance) => misbehave(instance.value),
    handleReportNothing: () => {
      throw new Error('no reports today');
    },
  }),
});
