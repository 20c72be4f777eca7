import { MixerError } from '../../util/errors.js';

/** Requests that set levels: `warning` for all loggers, `http:debug,upstream:info` for some. */
export function levelRequests(text: string): readonly string[] {
  return text.split(',').map((part) => {
    const [level = '', logger] = part.trim().split(':').reverse();
    if (!levels.has(level) || logger === '') {
      throw new MixerError('USAGE', `'${part}' is not a level: give [logger:]${[...levels].join('|')}`);
    }
    return `/logging?${encodeURIComponent(logger ?? 'level')}=${level}`;
  });
}

const levels = new Set(['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off']);
