import { Tabs as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'

interface Tab<V extends string> {
  readonly value: V
  readonly label: string
  readonly content: ReactNode
}

interface TabsProps<V extends string> {
  /** Names the row of tabs. */
  readonly label: string
  readonly tabs: readonly Tab<V>[]
}

/** Several views of one thing, one at a time; the arrow keys change between them. */
export function Tabs<V extends string>({ label, tabs }: TabsProps<V>) {
  return (
    <Primitive.Root {...(tabs[0] === undefined ? {} : { defaultValue: tabs[0].value })} className="flex flex-col gap-2">
      <Primitive.List
        aria-label={label}
        className="flex w-fit max-w-full flex-wrap gap-1 rounded-control bg-sunken p-1"
      >
        {tabs.map((tab) => (
          <Primitive.Trigger
            key={tab.value}
            value={tab.value}
            className="min-h-8 rounded-lg px-3 text-small font-medium text-ink-soft transition-colors hover:text-ink data-[state=active]:bg-raised data-[state=active]:text-ink data-[state=active]:shadow-soft"
          >
            {tab.label}
          </Primitive.Trigger>
        ))}
      </Primitive.List>
      {tabs.map((tab) => (
        <Primitive.Content key={tab.value} value={tab.value} className="rounded-control">
          {tab.content}
        </Primitive.Content>
      ))}
    </Primitive.Root>
  )
}
