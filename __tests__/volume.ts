/** How many cases a property gets: a tenth of all in the quick tests, all of them where TEST_VOLUME is 1. */
export function cases(all: number): number {
  return Math.ceil(all * Number(process.env['TEST_VOLUME'] ?? '0.1'));
}
