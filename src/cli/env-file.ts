/**
 * Sets a variable, for POSIX shells and for dotenv parsers alike.
 *
 * @param value one line, without spaces around it
 * @returns a line or more; undefined if no dotenv parser could read the value
 */
export function formatVariable(name: string, value: string): string | undefined {
  // Without quotes, `docker run --env-file` reads it, too.
  if (/^\w[\w./:+=@%,-]*$/.test(value)) return `${name}=${value}\n`;
  // Many dotenv parsers take a backslash before the closing quote as an escape.
  if (!value.includes("'") && !value.endsWith('\\')) return `${name}='${value}'\n`;
  if (!/["$`\\]/.test(value)) return `${name}="${value}"\n`;
  // No quoting works for both, so the value appears on two lines: the shell skips the second one, a here-document, and in
  // dotenv files, the last assignment wins.
  const forDotenv = quoteForDotenv(value);
  const forShells = value.replaceAll("'", String.raw`'\''`);
  return forDotenv && `${name}='${forShells}'; : <<'# end'\n${name}=${forDotenv}\n# end\n`;
}

/** Dotenv has no escapes, except for `\n` in double quotes. */
function quoteForDotenv(value: string): string | undefined {
  if (/^[^'"`#][^#]*$/.test(value)) return value;
  if (!value.includes('`') && !value.endsWith('\\')) return `\`${value}\``;
  return /["\\]/.test(value) ? undefined : `"${value}"`;
}
