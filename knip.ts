import type { KnipConfig } from 'knip'

const config: KnipConfig = {
  entry: [
    'electron/main.ts',
    'electron/bridge/preload.ts',
    'node/cli/kith.ts',
    'node/engines/llama/llama-child.ts',
    'renderer/main.tsx',
    'electron-builder.ts',
    // Commands of package.json, and scripts a person runs.
    'resources/scripts/*.mjs',
    // Loaded by the registry-shipped Electron from its own folder.
    'resources/electron-default-app/main.js',
    // Loaded by Electron for the page tests.
    'resources/page-test-window/main.js',
    'e2e/bench/*.ts',
    'e2e/evil/parts/part.ts',
    'e2e/nat/run.ts',
    // Parts that tests and page previews load by path.
    '{node,electron,renderer}/**/testing/*.ts',
  ],
  project: ['{electron,node,renderer,e2e,resources}/**/*.{ts,tsx,mjs,js,css}', '*.ts'],
  vitest: { config: ['vitest.config.ts', 'vitest.evil.config.ts', 'vitest.long.config.ts', 'vitest.real.config.ts'] },
  playwright: { config: ['e2e/playwright.config.ts', 'e2e/playwright.real.config.ts'] },
  // A command of the system, which the NAT test installs.
  ignoreBinaries: ['ip'],
  ignoreDependencies: [
    // Kept at the top level for a module that uses it undeclared: docs/known-issues.md.
    'b4a',
    // What @playwright/test drives, at the version we have chosen.
    'playwright',
  ],
  // A schema beside its type, and a value beside the function that uses it, are one thing.
  ignoreExportsUsedInFile: true,
}

export default config
