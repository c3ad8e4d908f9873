/** Ends the program before modules that need functions of a newer Node.js are loaded, so it imports none. */
const { node } = process.versions;
const [major = 0, minor = 0] = node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`sprinklr-token requires Node.js 20.19 or later. This is ${node}.`);
  process.exit(1);
}
