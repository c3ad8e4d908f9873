// What sealing needs of jose: a file of its own in dist/, for steps that neither seal nor unseal (scripts/bundle.js).
export { CompactEncrypt } from 'jose/jwe/compact/encrypt';
export { compactDecrypt } from 'jose/jwe/compact/decrypt';
export { decodeProtectedHeader } from 'jose/decode/protected_header';
