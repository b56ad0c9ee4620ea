import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inviteInFile } from './invite-file.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-invite-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function saved(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

it('finds the link in a page that an invite was saved as', () => {
  const page =
    '<p>…</p><a class="join" href="kith://join/abc-DEF_1">Join with Kith</a><code>kith://join/abc-DEF_1</code>'
  expect(inviteInFile(saved('Invite to Friends.html', page))).toBe('kith://join/abc-DEF_1')
})

it('finds none in any other file, one that is too long, a folder, or nothing', () => {
  mkdirSync(join(folder, 'folder.html'))
  const link = 'kith://join/abc'
  for (const path of [
    saved('other.html', '<p>https://example.org</p>'),
    saved('notes.txt', link),
    saved('long.html', link.padEnd(65_537)),
    join(folder, 'folder.html'),
    join(folder, 'missing.html'),
    '--profile',
  ]) {
    expect(inviteInFile(path)).toBeNull()
  }
})
