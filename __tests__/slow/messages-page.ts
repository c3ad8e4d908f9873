import type { Recorded } from '../recorded-messages.ts';
import type { Template } from './message-templates.ts';

const WIDTH = 110;
/** Error codes come first, and commands last. */
const SECTIONS = ['Warnings', 'Notices', 'Job summary', 'Log', 'Debug log', 'Help'];

interface Message {
  readonly section: string;
  readonly text: string;
  /** The templates that it shows. */
  readonly shows: readonly Template[];
}

/**
 * Chooses the fewest messages that show every template, and prefers those that the page has already.
 *
 * @returns the page, and the templates that no message shows
 */
export function makePage(
  recorded: readonly Recorded[],
  { templates, page }: { templates: readonly Template[]; page: string },
): { page: string; missing: Template[] } {
  const matchers = templates.map((template) => ({ template, isShownIn: matcherFor(template) }));
  const texts = new Map(
    recorded
      .filter(([, text]) => !text.includes('\n    at '))
      .map(([section, text]) => [`${section} ${withoutRunValues(text, section)}`, { section, text }]),
  );
  const messages = [...texts.values()].map(({ section, text }) => {
    const flat = flatten(text);
    const shows = matchers.filter(({ isShownIn }) => isShownIn(flat)).map(({ template }) => template);
    return { section, text: withoutRunValues(text, section), shows };
  });
  const paragraphs = page.replaceAll(/^````?(text)?$/gm, '');
  const kept = choose(messages.filter(({ text }) => paragraphs.includes(`\n\n${wrap(text)}\n\n`)));
  const chosen = choose([...kept, ...choose(messages, kept)]);
  const shown = new Set(chosen.flatMap(({ shows }) => shows));
  return { page: render(chosen), missing: templates.filter((template) => !shown.has(template)) };
}

/** Takes, again and again, the message that shows the most templates which none before it shows. */
function choose(messages: readonly Message[], before: readonly Message[] = []): Message[] {
  const shown = new Set(before.flatMap(({ shows }) => shows));
  const chosen: Message[] = [];
  for (let rank = 0; rank <= SECTIONS.length + 1; rank++) {
    let rest = messages.filter(({ section }) => rankOf(section) === rank).sort(byLength);
    for (;;) {
      const gains = rest.map(({ shows }) => shows.filter((template) => !shown.has(template)).length);
      const most = gains.reduce((a, b) => Math.max(a, b), 0);
      const best = rest[gains.indexOf(most)];
      if (best === undefined || most === 0) break;
      chosen.push(best);
      for (const template of best.shows) shown.add(template);
      rest = rest.filter((_, index) => gains[index] !== 0);
    }
  }
  return chosen;
}

function rankOf(section: string): number {
  if (section.startsWith('sprinklr-token')) return SECTIONS.length + 1;
  return SECTIONS.indexOf(section) + 1;
}

function byLength(one: Message, other: Message): number {
  const [a, b] = [one, other].map(({ section, text }) => text + section) as [string, string];
  return a.length - b.length || (a < b ? -1 : 1);
}

export function flatten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').toLowerCase();
}

function matcherFor({ parts }: Template): (flat: string) => boolean {
  const literals = parts.map((part) => (part === undefined ? undefined : flatten(part)));
  // Around a value, white space of two literals can become one space.
  const escaped = literals.map((part) =>
    part === undefined ? '.*?' : part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&').replaceAll(/^ | $/g, ' ?'),
  );
  const pattern = new RegExp(escaped.join(''));
  const needles = literals.filter((part) => part !== undefined).map((part) => part.trim());
  return (flat) => needles.every((needle) => flat.includes(needle)) && pattern.test(flat);
}

/** Replaces what differs from run to run. */
function withoutRunValues(text: string, section: string): string {
  if (section === 'Help') return text.trim();
  return text
    .replaceAll(/[^\s'"=]*\/sprinklr-token-tests-\w+(\/(material-\d+-\d+|[\w-]+-\w{6}))*/g, '/FOLDER')
    .replaceAll(/(?<=setup-)\w{6}\b/g, 'XXXXXX')
    .replaceAll(/\b(127\.0\.0\.1|localhost):\d+/g, 'HOST')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d\d:\d\d:\d\d\b/g, 'TIME')
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, 'DATE')
    .replaceAll(/\beyJ[\w+/=%-]{8,}/g, 'APP_ID')
    .replaceAll(/\b[\da-f]{64}\b/g, 'FINGERPRINT')
    .replaceAll(/(?<=&state=)[\w-]+/g, 'STATE')
    .replaceAll(/\d+(\.\d+)? (s|ms|bytes|extra|are missing|characters of text)\b/g, 'N $2')
    .replaceAll(/\d+ of its/g, 'N of its')
    .replaceAll(/\((E[A-Z_]{4,}|[A-Z]+(_[A-Z]+)+)\)(?=\.| \()/g, '(SYSTEM)')
    .replaceAll(/^\n+|\s+$/g, '');
}

/** Breaks the lines of a message for the page. */
export function wrap(text: string): string {
  return text.replaceAll(new RegExp(`(?=.{${WIDTH + 1}})(.{1,${WIDTH}}) +(?=\\S)`, 'g'), '$1\n');
}

function render(messages: readonly Message[]): string {
  const sections = [...new Set(messages.map(({ section }) => section))].sort(
    (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  );
  const links = (first: number, last: number): string =>
    sections
      .filter((section) => rankOf(section) >= first && rankOf(section) <= last)
      .map((section) => `[${section}](#${section.toLowerCase().replaceAll(' ', '-')})`)
      .join(', ');
  return [
    '# Messages\n',
    'Every text that the action and the command line print, in messages that the tests have seen. `TIME`, `N`, and other',
    'words in capitals stand for values of a run, and long lines are broken. For causes and fixes, see',
    '[troubleshooting](troubleshooting.md). To update this page: `npm run bundle`, then',
    '`UPDATE_MESSAGES=1 npm run jest -- --selectProjects slow -- slow/messages`.\n',
    `- Error codes: ${links(0, 0)}`,
    `- The action: ${links(1, SECTIONS.length - 1)}`,
    `- The command line: ${links(SECTIONS.length, SECTIONS.length + 1)}\n`,
    ...sections.map((section) => {
      const texts = messages.filter((message) => message.section === section).map(({ text }) => wrap(text));
      const fence = texts.some((text) => text.includes('```')) ? '````' : '```';
      return `## ${section}\n\n${fence}text\n${texts.sort().join('\n\n')}\n${fence}\n`;
    }),
  ].join('\n');
}
