import { afterAll, afterEach } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';

const profile = mkdtempSync(join(tmpdir(), 'sprinklr-token-browser-'));
let browser: BrowserContext | undefined;
afterAll(async () => {
  await browser?.close();
  rmSync(profile, { recursive: true, force: true });
});

const complaints: string[] = [];
afterEach(async () => {
  await Promise.all((browser?.pages() ?? []).slice(1).map((page) => page.close()));
  // Errors of scripts, of the content security policy, of anything that could not be loaded.
  if (complaints.length > 0) throw new Error(`the console has:\n${complaints.splice(0).join('\n')}`);
});

/** A new tab of the installed Chromium, with a new profile. After the test, its console must be empty. */
export async function openTab({ width = 1000, height = 900 } = {}): Promise<Page> {
  browser ??= await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await browser.newPage();
  await page.setViewportSize({ width, height });
  page.on('console', (message) => {
    const { url } = message.location();
    // Chromium requests an icon without being asked, and reports a page that comes with a 400 or so.
    const usual = url.endsWith('/favicon.ico') || url === page.url();
    if (
      ['error', 'warning'].includes(message.type()) &&
      !(usual && message.text().startsWith('Failed to load'))
    )
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => {
    complaints.push(error.message);
  });
  return page;
}

/** How far a page is wider than its window, in pixels. */
export function overflow(page: Page): Promise<number> {
  // In words of the browser, which the types of Node do not know.
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
