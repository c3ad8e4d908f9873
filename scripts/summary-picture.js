// Draws a job summary as GitHub shows it, in light or dark colors as the reader's system prefers.
const ROW = 37;
const WIDTH = 850;

/**
 * @param {string} markdown a heading and a table of two columns, without a header
 * @returns {string} SVG
 */
export function drawSummary(markdown) {
  const title = /^### (.*)$/m.exec(markdown)?.[1];
  const rows = [...markdown.matchAll(/^\| (\w.*?) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
  if (title === undefined || rows.length === 0) throw new Error(`This is not a job summary: ${markdown}`);
  // A digit is 8 px wide, so that the widest text fits in every system's font.
  const column = Math.max(...rows.map(([name = '']) => name.length)) * 8 + 26;
  const height = 73 + rows.length * ROW;

  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>Job summary: ${title}</title>
<style>
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 20px; font-weight: 600 }
  rect, path { fill: #fff; stroke: #d1d9e0 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    rect, path { fill: #0d1117; stroke: #3d444d }
  }
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="6" />
<text class="title" x="20" y="37">${title}</text>
${rows.map((cells, index) => drawRow(cells, { top: 55.5 + index * ROW, column })).join('\n')}
</svg>
`;
}

/**
 * @param {string[]} cells
 * @param {{ top: number, column: number }} place
 */
function drawRow([name = '', value = ''], { top, column }) {
  const right = WIDTH - 20.5;
  const middle = 20.5 + column;
  return [
    `<path d="M20.5 ${top}H${right}v${ROW}H20.5zM${middle} ${top}v${ROW}" />`,
    `<text x="33" y="${top + 23}">${name}</text>`,
    `<text x="${middle + 13}" y="${top + 23}">${value}</text>`,
  ].join('');
}
