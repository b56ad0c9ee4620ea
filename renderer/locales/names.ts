import { text } from './i18n.ts'

/** "Mia (Gaming PC)", or the computer alone where it is one of the reader's own. */
export function machineLabel(machine: string, member: string | null | undefined): string {
  return member ? text.t('names.memberMachine', { member, machine }) : machine
}
