import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { isPageUrl, resolvePageFile } from './page-path.ts'

const root = path.resolve('/opt/kith/renderer')

describe('files of the page', () => {
  it('serves the index and the assets with their types', () => {
    expect(resolvePageFile(root, 'app://kith/')?.filePath).toBe(path.join(root, 'index.html'))
    expect(resolvePageFile(root, 'app://kith/assets/index-1a.js?v=1#x')).toEqual({
      filePath: path.join(root, 'assets', 'index-1a.js'),
      contentType: 'text/javascript; charset=utf-8',
    })
  })

  it.each([
    'app://kith/..%2fsecret.json',
    'app://kith/a/%2e%2e%2f%2e%2e/secret.json',
    'app://kith/..%5csecret.json',
    'app://kith/.env.json',
    'app://kith//etc/passwd.json',
    'app://kith/C:/secret.json',
    'app://kith/a%00.json',
    'app://kith/%E0%A4%A.json',
    'app://kith/preload.cjs',
    'app://other/index.html',
    'file:///index.html',
  ])('refuses %s', (url) => {
    expect(resolvePageFile(root, url)).toBeNull()
  })

  it('keeps dots that the URL parser resolves inside the folder', () => {
    expect(resolvePageFile(root, 'app://kith/%2e%2e/../secret.json')?.filePath).toBe(path.join(root, 'secret.json'))
  })

  it('knows its own origin from a look-alike', () => {
    expect(isPageUrl('app://kith/index.html#chat')).toBe(true)
    for (const url of [
      'app://kith.evil/',
      'app://evil@kith/',
      'https://kith/',
      'about:blank',
      'data:text/html,x',
      '',
    ]) {
      expect(isPageUrl(url)).toBe(false)
    }
  })
})
