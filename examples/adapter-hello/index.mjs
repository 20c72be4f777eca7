// @ts-check
import { defineAdapter, Duration, rpcCode, s } from 'fairlead/sdk';
import { checknothing } from 'fairlead/templates';

const hourMillis = 3_600_000;

export default defineAdapter({
  name: 'hello',
  description: 'Says hello during opening hours and denies at all other times.',
  templates: [checknothing],
  config: s.message({
    opens: s.int32(9, 'First hour of the day, UTC.'),
    closes: s.int32(17, 'The hour at which it is over, UTC.'),
    message: s.string('we are closed', 'Text for those who come at another time.'),
  }),

  validate({ opens, closes }, report) {
    for (const [field, hour] of Object.entries({ opens, closes })) {
      if (hour < 0 || hour > 24) report(field, 'must be an hour of the day, 0 to 24');
    }
    if (opens >= closes) report('closes', 'must be after opens');
  },

  build({ config, env }) {
    return {
      handleCheckNothing() {
        const now = env.clock.now();
        const hour = Math.floor(now / hourMillis) % 24;
        const isOpen = hour >= config.opens && hour < config.closes;
        return {
          status: isOpen
            ? { code: rpcCode.OK, message: 'hello' }
            : { code: rpcCode.PERMISSION_DENIED, message: config.message },
          // The answer may be another one at the next full hour.
          validDuration: Duration.fromMillis(hourMillis - (now % hourMillis)),
          validUseCount: 10_000,
        };
      },
    };
  },
});
