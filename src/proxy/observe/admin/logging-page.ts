import type { AdminAnswer, AdminOptions, AdminPage, LogLevel } from './types.js';

const levels = new Set<string>(['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] satisfies LogLevel[]);
const usage = 'usage: /logging?<name>=<level> (change one logger), /logging?level=<level> (change all)\n';

/** Shows the levels of the log, or changes one or all. */
export const loggingPage: AdminPage = {
  path: '/logging',
  help: 'query or change logging levels (level=<level> or <logger>=<level>)',
  changes: true,
  answer: (options, query) => {
    const [change, ...more] = query;
    if (change === undefined) return listLevels(options);
    const [name, level] = change;
    if (more.length > 0 || !isLevel(level)) return { status: 400, body: usage };
    const isKnown = options.logging.set(name === 'level' ? undefined : name, level);
    return isKnown ? listLevels(options) : { status: 400, body: usage };
  },
};

function listLevels({ logging }: AdminOptions): AdminAnswer {
  const lines = Array.from(logging.list(), ([name, level]) => `  ${name}: ${level}\n`);
  return { body: `active loggers:\n${lines.join('')}` };
}

function isLevel(text: string): text is LogLevel {
  return levels.has(text);
}
