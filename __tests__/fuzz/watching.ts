import channels from 'node:diagnostics_channel';
import fs from 'node:fs';

/** What a step does besides printing, as it stands among the lines that it prints. */
export const MARKS = { sent: '\u0001sent', answered: '\u0001answered', written: '\u0001written' } as const;
type Mark = (typeof MARKS)[keyof typeof MARKS];

interface Modules {
  readonly fs: typeof fs;
  readonly channels: typeof channels;
}

/** Its text is also run in a child process, so it uses nothing but what it is given. */
function watch({ fs, channels }: Modules, marks: typeof MARKS, tell: (mark: Mark) => void): void {
  for (const [folder, names] of [
    [fs, ['appendFileSync']],
    [fs.promises, ['appendFile', 'writeFile']],
  ] as [Record<string, unknown>, string[]][]) {
    for (const name of names) {
      const write = folder[name] as (...of: unknown[]) => unknown;
      folder[name] = (...of: unknown[]) => {
        tell(marks.written);
        return write(...of);
      };
    }
  }
  channels.subscribe('http.client.request.start', () => {
    tell(marks.sent);
  });
  channels.subscribe('http.client.response.finish', () => {
    tell(marks.answered);
  });
}

let trace = '';
let watched = false;

/** What `act` prints within this process, line by line, with a mark for every request, answer and write. */
export async function watchInside<Result>(
  act: (printed: (text: string) => void) => Promise<Result>,
): Promise<{ result: Result; trace: string }> {
  const note = (text: string): void => {
    trace += text;
  };
  if (!watched)
    watch({ fs, channels }, MARKS, (mark) => {
      note(`${mark}\n`);
    });
  watched = true;
  trace = '';
  const result = await act((text) => {
    note(text);
  });
  return { result, trace };
}

/** Makes a child process print the same marks. */
export const watchedProcess = {
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(
    `import fs from 'node:fs'; import channels from 'node:diagnostics_channel';
    (${watch.toString()})({ fs, channels }, ${JSON.stringify(MARKS)}, (mark) => process.stdout.write(mark + '\\n'));`,
  ).replaceAll("'", '%27')}`,
};
