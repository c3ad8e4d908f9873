import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The arrows of docs/architecture.md: index -> action -> modes -> credentials, sprinklr -> errors.
 * A room lists what it must not import; everything else it may.
 */
const core = '@actions/core*';
const httpClient = '@actions/http-client*';
const jose = 'jose*';
const forge = 'node-forge*';
const rooms = (...names) => names.map((name) => `**/${name}/**`);

const walls = {
  'src/action': [httpClient, jose, forge, ...rooms('simulator', 'cli')],
  'src/modes': [core, httpClient, jose, forge, ...rooms('action', 'simulator', 'cli')],
  'src/credentials': [core, httpClient, ...rooms('action', 'modes', 'sprinklr', 'simulator', 'cli')],
  'src/sprinklr': [core, jose, forge, ...rooms('action', 'modes', 'credentials', 'simulator', 'cli')],
  'src/simulator': [
    core,
    httpClient,
    jose,
    forge,
    ...rooms('action', 'modes', 'credentials', 'sprinklr', 'cli'),
    '**/errors.ts',
  ],
  'src/cli': [core, httpClient, jose, forge],
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-params': ['error', 3],
    },
  },
  ...Object.entries(walls).map(([room, group]) => ({
    files: [`${room}/**/*.ts`],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ group, message: `${room} must not know this.` }] }],
    },
  })),
  {
    files: ['**/*.{js,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        URLSearchParams: 'readonly',
      },
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { __dirname: 'readonly' } },
  },
);
