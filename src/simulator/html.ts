import type { SimulatedResponse } from './responses.ts';

/** HTML that is safe to send. Only `safeHtml` creates it. */
export class SafeHtml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | SafeHtml | readonly SafeHtml[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template tag that escapes every inserted string, for text and for quoted attributes. */
export function safeHtml(literals: TemplateStringsArray, ...values: Value[]): SafeHtml {
  return new SafeHtml(literals.map((literal, index) => literal + render(values[index] ?? '')).join(''));
}

function render(value: Value): string {
  if (value instanceof SafeHtml) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

export function code(text: string): SafeHtml {
  return safeHtml`<code>${text}</code>`;
}

export function definitionList(
  rows: readonly (readonly [term: string, description: string | SafeHtml])[],
): SafeHtml {
  const items = rows.map(([term, description]) => safeHtml`<dt>${term}</dt><dd>${description}</dd>`);
  return safeHtml`<dl>${items}</dl>`;
}

/** A whole page. It runs no script and loads nothing. */
export function page(status: number, title: string, body: SafeHtml): SimulatedResponse {
  const { text } = safeHtml`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    // No form-action, because Chromium would also apply it to the redirect after the form is sent.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  return { status, headers, body: text };
}

const STYLE = safeHtml`
  :root { color-scheme: light; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: #f6f7f9; color: #1d2530;
    font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
  main:has(form) { max-width: 32rem; margin: 0 auto; }
  p { margin: .25rem 0; } section > p + dl { margin-top: .75rem; } .soft { color: #55606e; }
  section { background: #fff; border: 1px solid #dfe3e8; border-radius: 10px; padding: 1rem; margin-top: 1rem; }
  dl { display: grid; align-items: baseline; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; margin: 0; }
  dl + dl { border-top: 1px solid #edf0f3; margin-top: .75rem; padding-top: .75rem; }
  dt { color: #55606e; } dd { margin: 0; } code { font: .875em/1.5 ui-monospace, monospace; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { display: grid; align-items: baseline; grid-template-columns: 3rem 4.5rem 1fr; border-top: 1px solid #edf0f3; padding: .25rem 0; }
  .good { color: #12703a; } .bad { color: #b3261e; }
  form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
  button { flex: 1 1 8rem; font: inherit; padding: .6rem 1rem; border: 1px solid #b9c1cb; border-radius: 8px;
    background: #fff; color: inherit; cursor: pointer; }
  button[value=allow] { background: #1857b6; border-color: #1857b6; color: #fff; }
  button:focus-visible { outline: 3px solid #8ab4f8; outline-offset: 2px; }`;
