import { useTranslation } from 'react-i18next'
import type { GivenRole } from '../../../node/contract/pools.ts'
import { SelectField } from '../../components/forms/select-field.tsx'

interface RoleFieldProps<R extends GivenRole> {
  readonly label: string
  readonly value: R
  /** Those that can be given here. */
  readonly roles: readonly R[]
  readonly onChange: (role: R) => void
}

/** What somebody may do in a pool, each role with its sentence. */
export function RoleField<R extends GivenRole>({ label, value, roles, onChange }: RoleFieldProps<R>) {
  const { t } = useTranslation()
  return (
    <SelectField
      label={label}
      value={value}
      onChange={onChange}
      options={roles.map((role) => ({
        value: role,
        label: `${t(`pool.role.${role}`)}: ${t(`pool.roleExplained.${role}`)}`,
      }))}
    />
  )
}
