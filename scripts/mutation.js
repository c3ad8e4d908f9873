// How many small faults in src/ do the tests notice? Prints the score, and fails below the goal or where
// scripts/mutation/survivors.yml does not say why a fault may stay unnoticed.
//
//   npm run mutation                      all that has judges (scripts/mutation/judges.js)
//   npm run mutation -- src/sprinklr      a folder or a file of it
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { parse, stringify } from 'yaml';
import { JUDGES } from './mutation/judges.js';

const GOAL = 90;
/** Where no text is a mutant: what the command line says is meant for people. */
const TEXTS_ASIDE = ['src/cli'];
const DETECTED = ['Killed', 'Timeout'];
const UNDETECTED = ['Survived', 'NoCoverage'];

// Mutants are all judged alike: by the same cases, few of them, with all that the tests leave behind in one place.
const temporary = mkdtempSync(join(tmpdir(), 'sprinklr-token-mutation-'));
Object.assign(process.env, { TMPDIR: temporary, STEPS: 'inside', TEST_VOLUME: '0.02', TEST_SEED: '1' });

const asked = process.argv.slice(2);
const mutants = [];
try {
  for (const path of asked.length > 0 ? asked : Object.keys(JUDGES)) mutants.push(...(await judge(path)));
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
const isLow = printScores(mutants);
const isUnexplained = printSurvivors(mutants);
process.exitCode = isLow || isUnexplained ? 1 : 0;

/** Every mutant of a folder or file, and what became of it. Stryker's settings are in stryker.config.js. */
async function judge(path) {
  const room = roomOf(path);
  process.env.MUTANTS_OF = room;
  const judged = await new Stryker({
    mutate: [path.endsWith('.ts') ? path : `${path}/**/*.ts`, '!**/*.d.ts'],
    mutator: { excludedMutations: TEXTS_ASIDE.includes(room) ? ['StringLiteral'] : [] },
    incrementalFile: `reports/mutation/${room.replace('/', '-')}.json`,
  }).runMutationTest();
  // With them come the rest of the room, as they were remembered.
  return judged
    .map((mutant) => ({ ...mutant, file: relative('', mutant.fileName) }))
    .filter(({ file, status }) => (file === path || file.startsWith(`${path}/`)) && status !== 'Ignored');
}

/** `src/action` of `src/action/inputs.ts`. */
function roomOf(path) {
  return path.split('/', 2).join('/');
}

function printScores(all) {
  const rooms = [...new Set(all.map(({ file }) => roomOf(file)))].sort();
  const rows = rooms.map((room) => [room, all.filter(({ file }) => roomOf(file) === room)]);
  console.log(`\n${'room'.padEnd(16)}   mutants  killed  timed out  survived  not run  not judged    score`);
  for (const [name, those] of [...rows, ['all', all]]) {
    const count = (...states) => those.filter(({ status }) => states.includes(status)).length;
    const judged = count(...DETECTED, ...UNDETECTED);
    const columns = [
      [those.length, 9],
      [count('Killed'), 7],
      [count('Timeout'), 10],
      [count('Survived'), 9],
      [count('NoCoverage'), 8],
      [those.length - judged, 11],
      [`${score(those).toFixed(2)} %`, 8],
    ];
    console.log(name.padEnd(16), ...columns.map(([value, width]) => String(value).padStart(width)));
  }
  const isLow = score(all) < GOAL;
  console.log(`\nThe goal is ${String(GOAL)} %: ${isLow ? 'missed' : 'met'}.`);
  return isLow;
}

/** Of those that could be judged: what does not load at all is no test's merit. */
function score(mutants) {
  const detected = mutants.filter(({ status }) => DETECTED.includes(status)).length;
  const undetected = mutants.filter(({ status }) => UNDETECTED.includes(status)).length;
  return (100 * detected) / (detected + undetected);
}

/** Every survivor has its reason in survivors.yml, and every reason its survivor. */
function printSurvivors(all) {
  const explained = new Set(
    Object.entries(parse(readFileSync(new URL('mutation/survivors.yml', import.meta.url), 'utf8'))).flatMap(
      ([file, reasons]) => reasons.flatMap(({ mutants }) => mutants.map((mutant) => `${file}: ${mutant}`)),
    ),
  );
  const names = nameAll(all);
  const ended = (...states) =>
    new Set(all.filter(({ status }) => states.includes(status)).map((mutant) => names.get(mutant)));
  const survivors = ended(...UNDETECTED);
  const unexplained = [...survivors].filter((survivor) => !explained.has(survivor));
  // On a busy machine, one that only takes longer may seem to take for ever.
  const noticed = ended('Killed');
  const known = new Set(names.values());
  const judged = new Set(all.map(({ file }) => file));
  const outdated = [...explained].filter(
    (name) => noticed.has(name) || (!known.has(name) && judged.has(name.slice(0, name.indexOf(':')))),
  );
  if (unexplained.length > 0)
    console.log(
      `\nSurvivors without a reason in survivors.yml:\n${stringify(unexplained, { lineWidth: 0 })}`,
    );
  if (outdated.length > 0)
    console.log(`\nIn survivors.yml, but no survivors:\n${stringify(outdated, { lineWidth: 0 })}`);
  return unexplained.length + outdated.length > 0;
}

/** Each mutant by its file and description; where other lines have the same, those further down by a number as well. */
function nameAll(all) {
  const places = {};
  const inOrder = all.toSorted(
    ({ location: { start: a } }, { location: { start: b } }) => a.line - b.line || a.column - b.column,
  );
  return new Map(
    inOrder.map((mutant) => {
      const name = `${mutant.file}: ${describe(mutant)}`;
      const { line, column } = mutant.location.start;
      const place = `${line}:${column}`;
      const same = (places[name] ??= []);
      if (!same.includes(place)) same.push(place);
      const nth = same.indexOf(place) + 1;
      return [mutant, nth === 1 ? name : `${name} #${nth}`];
    }),
  );
}

/** A mutant by its line and not by the line's number: `if («a < b») return; -> a <= b`. */
function describe({ fileName, location: { start, end }, replacement }) {
  // Lines and columns count from 1.
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const [first] = lines;
  const isOneLine = lines.length === 1;
  const before = first.slice(0, start.column - 1).trimStart();
  const original = isOneLine
    ? first.slice(start.column - 1, end.column - 1)
    : `${first.slice(start.column - 1)}…`;
  const after = isOneLine ? first.slice(end.column - 1) : '';
  const becomes = replacement.replace(/\s+/g, ' ').replace(/^(.{80}).+$/u, '$1…');
  return `${before}«${original}»${after} -> ${becomes}`;
}
