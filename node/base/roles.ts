/** What an install may be asked to be; one may be all three. */
export const roleNames = ['client', 'gateway', 'processor'] as const
export type RoleName = (typeof roleNames)[number]
