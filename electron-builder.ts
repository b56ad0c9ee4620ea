import type { Configuration } from 'electron-builder'
import { checkAddons } from './resources/packaging/check-addons.ts'

/** A test build lets a test drive it through the inspector; a release does not. */
const isTestBuild = process.env['KITH_TEST_BUILD'] === '1'

/** Every fuse by name, so that none keeps a default nobody chose. */
const electronFuses: Required<Omit<NonNullable<Configuration['electronFuses']>, 'resetAdHocDarwinSignature'>> = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: isTestBuild,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  loadBrowserProcessSpecificV8Snapshot: false,
  grantFileProtocolExtraPrivileges: false,
}

const configuration: Configuration = {
  appId: 'dev.kith.app',
  productName: 'Kith',
  copyright: 'The Kith contributors, Apache-2.0',
  directories: { output: 'dist', buildResources: 'resources/icons' },
  files: [
    'out/{main,preload,renderer}/**',
    'resources/icons/*.png',
    'package.json',
    '!**/*.{map,d.ts,d.mts,d.cts,bare}',
    // Native modules carry a build for every platform; one is enough.
    '!**/node_modules/*/prebuilds/!(${platform}-${arch})/**',
    '!**/node_modules/@node-llama-cpp/!(${os}-${arch}*)/**',
    '!**/node_modules/node-llama-cpp/{llama,templates}/**',
  ],
  asar: true,
  asarUnpack: ['**/*.node', '**/node_modules/@node-llama-cpp/*/bins/**'],
  // Every native module is prebuilt against the stable interface of Node: docs/decisions/0013.
  npmRebuild: false,
  electronFuses,
  afterPack: checkAddons,
  protocols: [{ name: 'Kith', schemes: ['kith'] }],
  publish: null,
  linux: {
    target: ['dir', 'zip', 'deb', 'AppImage'],
    executableName: 'kith',
    category: 'Network',
    icon: 'resources/icons',
    maintainer: 'The Kith contributors',
    synopsis: 'Pools AI compute among people who know each other',
  },
  mac: {
    target: ['dmg', 'zip'],
    category: 'public.app-category.productivity',
    hardenedRuntime: true,
    icon: 'icon.png',
  },
  win: { target: ['nsis', 'zip'], icon: 'icon.png' },
}

export default configuration
