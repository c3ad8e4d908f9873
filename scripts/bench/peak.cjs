// Preloaded into a step: writes the most memory that it held at once, in KiB, to the file named by PEAK.
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.PEAK, String(process.resourceUsage().maxRSS));
});
