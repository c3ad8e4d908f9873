/** A workflow command, as the runner reads it. */
export interface Command {
  readonly name: string;
  readonly title: string;
  readonly message: string;
}

/** Lines, as the runner takes them apart: U+2028 and its like end none. */
export function linesOf(log: string): string[] {
  return log.split(/\r\n|\n|\r/);
}

/**
 * The workflow commands in a log, read as the runner's `ActionCommand.TryParseV2` does: after white space, `::`, a name,
 * perhaps a space and properties, up to the next `::`; the rest is its message.
 */
export function parseCommands(log: string): Command[] {
  return linesOf(log).flatMap((line) => {
    const [, info, message = ''] = /^[\p{White_Space}]*::([^]*?)::([^]*)$/u.exec(line) ?? [];
    if (info === undefined) return [];
    const [, name = '', properties = ''] = /^([^ ]*) ?([^]*)$/.exec(info) ?? [];
    const title = properties.split(',').find((property) => property.startsWith('title=')) ?? '';
    return [
      { name, title: unescape(title.slice(6), IN_PROPERTIES), message: unescape(message, IN_MESSAGES) },
    ];
  });
}

const IN_MESSAGES = { '%0D': '\r', '%0A': '\n', '%25': '%' };
const IN_PROPERTIES = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };

function unescape(text: string, mappings: Readonly<Record<string, string>>): string {
  return Object.entries(mappings).reduce((all, [escaped, token]) => all.replaceAll(escaped, token), text);
}
