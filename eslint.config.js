import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Each folder of src/, and the folders that it can import. Every folder can import the files in src/ itself. */
const layers = {
  action: ['request', 'modes'],
  cli: ['request', 'modes', 'credentials', 'sprinklr', 'simulator'],
  request: ['modes', 'credentials', 'sprinklr'],
  modes: ['credentials', 'sprinklr'],
  credentials: [],
  sprinklr: [],
  simulator: [],
};
/** Each package that only one folder can import. */
const packages = {
  '@actions/core*': 'action',
  '@actions/http-client*': 'sprinklr',
  'jose*': 'credentials',
  'node-forge*': 'credentials',
  'commander*': 'cli',
  '@clack/*': 'cli',
};

function forbiddenImports(layer) {
  const folders = Object.keys(layers).filter((name) => name !== layer && !layers[layer].includes(name));
  return [
    ...folders.map((name) => `**/${name}/**`),
    ...Object.keys(packages).filter((name) => packages[name] !== layer),
    // The simulator replaces the vendor, so it shares no code with what it tests.
    ...(layer === 'simulator' ? ['../*.ts'] : []),
  ];
}

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'reports/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '__tests__/**/*.js', 'scripts/**/*.{js,cjs}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'max-params': ['error', 3],
    },
  },
  ...Object.keys(layers).map((layer) => ({
    files: [`src/${layer}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbiddenImports(layer),
              message: `src/${layer} must not import this (docs/development/architecture.md).`,
            },
          ],
        },
      ],
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
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
