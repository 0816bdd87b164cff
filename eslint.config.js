import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', '**/.generated/', 'data/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // A Nest module is a class with nothing in it but its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // Indexing is checked by the compiler; where the index is known to be good, `!` says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Rows and options are plain objects of a class's shape, as TypeORM and Nest mean them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['src/**/*.ts', 'scripts/*.mjs', '*.ts', '*.mjs'],
    rules: {
      // Prettier breaks code, but neither comments nor strings.
      'max-len': ['error', { code: 100, ignoreRegExpLiterals: true, ignoreUrls: true }],
    },
  },
  {
    // A package of its own: what it depends on, and so its types, need not be installed.
    files: ['bench/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      // Without types, the linter cannot tell that decorators need some imports when the program runs.
      parserOptions: { experimentalDecorators: true, emitDecoratorMetadata: true },
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        AbortController: 'readonly',
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        URL: 'readonly',
        fetch: 'readonly',
        Headers: 'readonly',
        Request: 'readonly',
        Response: 'readonly',
      },
    },
  },
  {
    // Parts of these run in a page.
    files: ['test/clients/**/*.mjs'],
    languageOptions: {
      globals: {
        clearTimeout: 'readonly',
        document: 'readonly',
        localStorage: 'readonly',
        sessionStorage: 'readonly',
        setTimeout: 'readonly',
        window: 'readonly',
      },
    },
  },
);
