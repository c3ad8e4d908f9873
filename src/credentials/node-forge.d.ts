/** Parts of node-forge, which come without types of their own. */
declare module 'node-forge/lib/x509.js';

declare module 'node-forge/lib/forge.js' {
  import forge from 'node-forge';
  export default forge;
}
