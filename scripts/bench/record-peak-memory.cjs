// Preloaded into a step: writes its peak memory, in KiB, to its folder.
process.on('exit', () => {
  const { maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(`${process.env['TMPDIR'] ?? ''}/peak-memory`, String(maxRSS));
});
