import { expect, test, type Page } from './page-test.ts'
import { expectReflow, testAccessible, type Screen } from './expect-accessible.ts'
import { asked, goTo, openScene } from './open-scene.ts'

async function teachNothing(page: Page): Promise<void> {
  await page.evaluate(() => {
    const none = { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0 }
    const peer = window.harness?.peer
    peer?.on('usage.report', ({ grain }) => ({ ok: true, value: { grain, buckets: [], totals: none } }))
    peer?.on('usage.receipts', () => ({ ok: true, value: { receipts: [] } }))
  })
}

async function teachFailure(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.harness?.peer.on('usage.report', () => ({
      ok: false,
      error: { code: 'storage_failed', message: 'Kith could not read its files.', details: {} },
    }))
  })
}

async function teachProblems(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.harness?.peer.on('usage.verify', () => ({
      ok: true,
      value: {
        receipts: 12,
        verified: 11,
        problems: [{ attemptId: '00c0ffee00c0ffee00c0ffee00c0ffee-1', reason: 'processor_signature' }],
      },
    }))
  })
}

const states: readonly (Screen & { readonly prepare?: (page: Page) => Promise<void> })[] = [
  {
    name: 'charts and tables',
    scene: 'keyed',
    reach: async (page) => {
      await page.getByText('Show as a table').click()
      await expect(page.getByRole('table')).toBeVisible()
    },
  },
  { name: 'nothing yet', scene: 'home', prepare: teachNothing },
  { name: 'a failure, no network', scene: 'empty', prepare: teachFailure },
  {
    name: 'still adding up',
    scene: 'home',
    prepare: (page) =>
      page.evaluate(() => {
        window.harness?.peer.on('usage.report', () => new Promise(() => undefined))
      }),
  },
  {
    name: 'a month with a problem',
    scene: 'keyed',
    prepare: teachProblems,
    reach: async (page) => {
      await page.getByRole('button', { name: 'Verify' }).click()
      await expect(page.getByText('1 problem was found')).toBeVisible()
    },
  },
]

testAccessible(
  states.map(({ name, scene, prepare, reach }) => ({
    name: `usage, ${name}`,
    scene,
    reach: async (page) => {
      await prepare?.(page)
      await goTo(page, 'Usage')
      await reach?.(page)
    },
  })),
)

test('the direction is always named: in the choice, over the chart and in its sentence', async ({ page }) => {
  const isQuiet = await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  await expect(page.getByRole('radio', { name: 'Answers you asked for' })).toBeChecked()
  await expect(page.getByRole('figure', { name: 'Tokens of answers you asked for in the last 30 days' })).toContainText(
    'You asked for',
  )
  await page.getByRole('radio', { name: 'Answers your computers gave' }).click()
  await page.getByRole('radio', { name: '24 hours' }).click()
  await expect(
    page.getByRole('figure', { name: 'Tokens of answers your computers gave in the last 24 hours' }),
  ).toContainText('Your computers gave')
  isQuiet()
})

test('the table, the legend and the sums say the same as the chart', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  await page.getByRole('radio', { name: 'Answers', exact: true }).click()
  await page.getByLabel('Group by').selectOption('account')
  const legend = page.getByRole('list', { name: 'What the patterns mean' })
  await expect(legend.getByRole('listitem')).toHaveCount(3)
  await page.getByText('Show as a table').click()
  const cells = await page
    .getByRole('table')
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent.replaceAll(/\D/g, '')))),
    )
  expect(cells).toHaveLength(30)
  const sumOf = (column: number): number => cells.reduce((sum, row) => sum + (row[column] ?? 0), 0)
  for (const [place, item] of (await legend.getByRole('listitem').allInnerTexts()).entries()) {
    expect(Number((/([\d,]+) \(/.exec(item)?.[1] ?? '').replaceAll(',', ''))).toBe(sumOf(place))
  }
  const whole = sumOf(0) + sumOf(1) + sumOf(2)
  expect(whole).toBeGreaterThan(0)
  expect(sumOf(3)).toBe(whole)
  await expect(page.getByRole('definition').filter({ hasText: new Intl.NumberFormat('en').format(whole) })).toHaveCount(
    1,
  )
})

test('new usage is asked for again, a burst of it but once or twice, and nothing flickers meanwhile', async ({
  page,
}) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  const figure = page.getByRole('figure')
  await expect(figure).toBeVisible()
  const before = (await asked(page, 'usage.report')).length
  await page.evaluate(() => {
    const peer = window.harness?.peer
    if (peer === undefined) return
    for (let count = 0; count < 50; count += 1) {
      peer.change('usage', { ...peer.state.usage, revision: peer.state.usage.revision + 1 })
    }
  })
  await expect.poll(async () => (await asked(page, 'usage.report')).length).toBeGreaterThan(before)
  await expect(figure).toBeVisible()
  expect((await asked(page, 'usage.report')).length).toBeLessThanOrEqual(before + 2)
})

test('a failure keeps what was shown, and trying again helps', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  await expect(page.getByRole('figure')).toBeVisible()
  await page.evaluate(() => {
    const peer = window.harness?.peer
    let hasFailed = false
    const none = { requests: 1, failures: 0, promptTokens: 1, completionTokens: 1 }
    peer?.on('usage.report', ({ grain }) => {
      if (hasFailed) return { ok: true, value: { grain, buckets: [], totals: none } }
      hasFailed = true
      return { ok: false, error: { code: 'storage_failed', message: 'Kith could not read its files.', details: {} } }
    })
  })
  await page.getByRole('radio', { name: '12 months' }).click()
  await expect(page.getByRole('alert')).toContainText('Kith could not read its files.')
  await expect(page.getByRole('figure', { name: /in the last 30 days/ })).toBeVisible()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('You asked for no answers in the last 12 months.')).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('a key leads to its own usage, and from there to all keys', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Keys')
  await page.getByRole('button', { name: 'More for Notes app' }).click()
  await page.getByRole('menuitem', { name: 'Show its usage' }).click()
  await expect(page.getByRole('heading', { name: 'Usage', level: 1 })).toBeFocused()
  const receipts = page.getByRole('list', { name: 'Newest receipts' })
  await expect(receipts.getByRole('listitem').first()).toContainText('with the key Notes app')
  await expect(receipts.getByRole('listitem').filter({ hasText: 'in a chat' })).toHaveCount(0)
  await page.getByRole('button', { name: /^Only the key Notes app/ }).click()
  await expect(receipts.getByRole('listitem').filter({ hasText: 'in a chat' })).not.toHaveCount(0)
})

test('receipts say in plain words who signed', async ({ page }) => {
  await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  const receipts = page.getByRole('list', { name: 'Newest receipts' })
  for (const words of ['both sides signed', 'only one side signed', 'only the asking side signed']) {
    await expect(receipts.getByText(words).first()).toBeVisible()
  }
  await page.getByRole('button', { name: 'Show 6 more' }).click()
  await expect(receipts.getByRole('listitem')).toHaveCount(14)
})

test('a month is checked and saved', async ({ page }) => {
  const isQuiet = await openScene(page, 'keyed')
  await goTo(page, 'Usage')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(page.getByText(/All 1,204 receipts of .* are in order/)).toBeVisible()
  await page.getByRole('button', { name: 'Export CSV' }).click()
  await expect(page.getByText('Saved as /home/mira/kith-usage.csv', { exact: true })).toBeVisible()
  expect(await asked(page, 'usage.export')).toMatchObject([{ format: 'csv', direction: 'consumed', poolId: null }])
  isQuiet()
})

test('at 400 % the page reflows, and its tables scroll in frames of their own', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 256 })
  await openScene(page, 'keyed')
  await page.getByRole('button', { name: 'Open the menu' }).click()
  await goTo(page, 'Usage')
  await expect(page.getByRole('figure')).toBeVisible()
  await page.getByText('Show as a table').click()
  await expectReflow(page)
})

test('two computers of one name have a column each, however often the page changes', async ({ page }) => {
  await openScene(page, 'keyed')
  await page.evaluate(() => {
    const totals = { requests: 3, failures: 0, promptTokens: 30, completionTokens: 60 }
    const groups = ['first', 'second'].map((id) => ({ id, label: 'vm', ...totals }))
    const startMs = new Date().setHours(0, 0, 0, 0)
    window.harness?.peer.on('usage.report', ({ grain }) => ({
      ok: true,
      value: { grain, buckets: [{ startMs, groups }], totals },
    }))
  })
  await goTo(page, 'Usage')
  await page.getByText('Show as a table').click()
  for (const direction of ['Answers your computers gave', 'Answers you asked for', 'Answers your computers gave']) {
    await page.getByRole('radio', { name: direction }).click()
    await expect(page.getByRole('table').getByRole('columnheader', { name: 'vm', exact: true })).toHaveCount(2)
    await expect(page.getByRole('table').getByRole('columnheader')).toHaveCount(7)
  }
})
