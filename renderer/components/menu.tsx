import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { useMainRegion } from './main-region.ts'

interface MenuProps {
  readonly trigger: ReactNode
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'bottom'
  readonly label?: string
}

/** A menu. Not modal: the library's modal menus add an inline style sheet, which the content policy forbids. */
export function Menu({ trigger, children, align = 'end', side = 'bottom', label }: MenuProps) {
  const { container, onOpenChange } = useMainRegion()
  return (
    <DropdownMenu.Root modal={false} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal container={container}>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={10}
          {...(label === undefined ? {} : { 'aria-label': label })}
          className="fade z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] max-w-[min(27rem,calc(100vw-1.25rem))] min-w-44 overflow-y-auto rounded-card border border-line bg-raised p-1.5 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

const itemStyle =
  'flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-small outline-none select-none ' +
  'data-[highlighted]:bg-hover data-[disabled]:opacity-50 forced-colors:data-[highlighted]:outline-2'

interface MenuItemProps {
  readonly icon?: ReactNode
  readonly isDangerous?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

export function MenuItem({ icon, isDangerous = false, onSelect, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item
      onSelect={onSelect}
      className={classNames(itemStyle, isDangerous ? 'text-danger-ink' : 'text-ink')}
    >
      {icon}
      {children}
    </DropdownMenu.Item>
  )
}

export const menuItemStyle = itemStyle
