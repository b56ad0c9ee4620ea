import { Laptop, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../components/button.tsx'
import { Row, RowList } from '../components/layout/row-list.tsx'
import { Section } from '../components/layout/section.tsx'
import { IconTile } from '../components/icon-tile.tsx'
import { formatList } from '../locales/format.ts'
import { goTo } from '../state/navigation.ts'
import { useSlice } from '../state/slices.ts'

/** People named for each pool; the pool's page has all of them. */
const maxNamed = 6

/** Who can ask this computer, by pool. */
export function SharePools() {
  const { t } = useTranslation()
  const pools = useSlice('pools')
  const hasShared = pools.some((pool) => pool.kind === 'shared')
  return (
    <Section
      title={t('share.pools')}
      text={hasShared ? undefined : t('share.poolsNone')}
      action={
        <Button
          size="small"
          onClick={() => {
            goTo('pool')
          }}
        >
          {t('share.openPools')}
        </Button>
      }
    >
      <RowList label={t('share.pools')}>
        {pools.map((pool) => {
          const people = pool.members.filter((member) => !member.isSelf && member.state !== 'suspended')
          const names = formatList(people.slice(0, maxNamed).map((member) => member.username))
          const more = people.length - maxNamed
          return (
            <Row
              key={pool.poolId}
              icon={
                <IconTile
                  icon={pool.kind === 'devices' ? Laptop : Users}
                  tone={pool.kind === 'devices' ? 'own' : 'friend'}
                />
              }
              title={pool.name}
              text={
                pool.kind === 'devices'
                  ? t('pool.kind.devices')
                  : more > 0
                    ? t('share.poolPeopleMore', { names, count: more })
                    : people.length > 0
                      ? names
                      : t('share.poolNobody')
              }
            />
          )
        })}
      </RowList>
    </Section>
  )
}
