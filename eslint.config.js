import reactHooks from 'eslint-plugin-react-hooks'
import { globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  globalIgnores(['node_modules/', 'out/', 'dist/', 'coverage/', 'test-results/', '*.mjs', 'eslint.config.js']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // Records keyed by id lose entries by key.
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Numbers and booleans in a sentence read as they are.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // An arrow that hands on a call which returns nothing is shorter without braces.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A function that keeps an asynchronous promise may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // Names and phrases are plain text, split by code point.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      'no-console': 'error',
      eqeqeq: 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
        { selector: 'ExportDefaultDeclaration', message: 'Name what you export.' },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    // The page has no other log.
    rules: { 'no-console': ['error', { allow: ['warn', 'error'] }] },
    extends: [reactHooks.configs.flat['recommended-latest'] ?? reactHooks.configs.flat.recommended],
  },
  {
    // Elsewhere there is no browser for them, and nobody listens to the console.
    files: ['renderer/testing/*.page.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: '@playwright/test', message: 'Import from ./page-test.ts.' }] },
      ],
    },
  },
  {
    // Matchers of the test runner are untyped by design.
    files: ['**/*.test.{ts,tsx}'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    // Ambient declarations describe how others export.
    files: ['**/*.d.ts'],
    rules: { 'no-restricted-syntax': 'off', '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    // Tools ask for a default export.
    files: ['*.ts', '{e2e,renderer}/**/*.config.ts', 'resources/**/*.mjs'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // Their output is the point of these.
    files: ['resources/**', 'e2e/bench/**', 'e2e/nat/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Plain JavaScript: what other packages hand over is untyped there, and the compiler checks the rest.
    files: ['resources/**/*.{mjs,js}'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
    },
  },
)
