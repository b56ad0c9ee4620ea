import { useTranslation } from 'react-i18next'

/** The words of a recovery phrase, numbered. */
export function PhraseWords({ phrase }: { readonly phrase: string }) {
  const { t } = useTranslation()
  return (
    <ol
      aria-label={t('account.phrase')}
      className="grid list-none grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-2"
    >
      {phrase.split(' ').map((word, place) => (
        <li
          key={`${String(place)}-${word}`}
          className="forced-edge flex items-baseline gap-2.5 rounded-control bg-sunken px-3 py-2"
        >
          <span className="w-5 text-end text-caption text-ink-faint tabular-nums">{place + 1}</span>
          <span className="font-mono text-body font-medium select-text">{word}</span>
        </li>
      ))}
    </ol>
  )
}
