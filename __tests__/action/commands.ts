/** A workflow command, as the runner reads it. */
export interface Command {
  readonly name: string;
  readonly title: string;
  readonly message: string;
}

/** Lines as the runner splits them: U+2028 and similar characters don't end one. */
export function linesOf(log: string): string[] {
  return log.split(/\r\n|\n|\r/);
}

/**
 * The workflow commands in a log, parsed like the runner's `ActionCommand.TryParseV2`: after whitespace, `::`, a name,
 * optional properties after a space, `::`, and the message.
 */
export function parseCommands(log: string): Command[] {
  return linesOf(log).flatMap((line) => {
    const [, info, message = ''] = /^[\p{White_Space}]*::([^]*?)::([^]*)$/u.exec(line) ?? [];
    if (info === undefined) return [];
    const [, name = '', properties = ''] = /^([^ ]*) ?([^]*)$/.exec(info) ?? [];
    const title = properties.split(',').find((property) => property.startsWith('title=')) ?? '';
    return [
      {
        name,
        title: unescape(title.slice(6), PROPERTY_ESCAPES),
        message: unescape(message, MESSAGE_ESCAPES),
      },
    ];
  });
}

const MESSAGE_ESCAPES = { '%0D': '\r', '%0A': '\n', '%25': '%' };
const PROPERTY_ESCAPES = { '%0D': '\r', '%0A': '\n', '%3A': ':', '%2C': ',', '%25': '%' };

function unescape(text: string, mappings: Readonly<Record<string, string>>): string {
  return Object.entries(mappings).reduce((all, [escaped, token]) => all.replaceAll(escaped, token), text);
}
