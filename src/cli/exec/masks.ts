import type { Secrets } from '../../context.ts';
import { createSecrets } from '../../redaction.ts';

/** A shorter form would also hide ordinary text. */
const MIN_FORM_LENGTH = 8;
/** The line lengths of `base64` and `openssl base64`. */
const LINE_LENGTHS = [76, 64];
/** This many base64 characters do not occur in ordinary text by chance. */
const PART_LENGTH = 16;

/**
 * Collects every form in which a command could print a secret: those that the action registers as masks, and those that
 * GitHub's runner or `redact` would add to them.
 */
export function collectMasks(): { readonly secrets: Secrets; readonly forms: ReadonlySet<string> } {
  const forms = new Set<string>();
  const secrets = createSecrets((form) => forms.add(form));
  const mask = (value: string): void => {
    secrets.mask(value);
    for (const form of encodedForms(value)) if (form.length >= MIN_FORM_LENGTH) forms.add(form);
  };
  return { secrets: { ...secrets, mask }, forms };
}

/** A value in hexadecimal, and in base64 as a part of a longer text. */
function encodedForms(value: string): string[] {
  const bytes = Buffer.from(value);
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64At(offset, bytes));
  // A private key is masked as the base64 of its file, which a command can wrap.
  const lines = [base64[0] ?? '', value].flatMap((text) =>
    LINE_LENGTHS.flatMap((length) => text.match(new RegExp(`.{1,${length}}`, 'g')) ?? []),
  );
  return [
    hex,
    hex.toUpperCase(),
    ...[...base64, ...lines, ...base64.flatMap(groupsOf)].flatMap((text) => [
      text,
      text.replaceAll('+', '-').replaceAll('/', '_'),
    ]),
  ];
}

/** Overlapping parts of base64, which hide it wherever it is wrapped: a line contains whole groups of four characters. */
function groupsOf(text: string): string[] {
  const count = Math.max(0, Math.floor((text.length - PART_LENGTH) / 4) + 1);
  return Array.from({ length: count }, (_, index) => text.slice(index * 4, index * 4 + PART_LENGTH));
}

/** The characters of base64 that encode only these bytes, if they follow `offset` other bytes. */
function base64At(offset: number, bytes: Buffer): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
